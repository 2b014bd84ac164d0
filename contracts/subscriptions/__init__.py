"""What subscriptions can be asked and tells: authorities, règlements, rights, requests, roles."""

from contracts.subscriptions.access import *
from contracts.subscriptions.publication import *
from contracts.subscriptions.staff import *
