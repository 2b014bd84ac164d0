"""What accounts can be asked and tells: people, sign-in, sessions, households, letters."""

from contracts.accounts.agents import *
from contracts.accounts.events import *
from contracts.accounts.households import *
from contracts.accounts.letters import *
from contracts.accounts.people import *
from contracts.accounts.refusals import *
from contracts.accounts.sessions import *
