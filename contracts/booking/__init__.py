"""What booking can be asked and tells: calendar, cart, orders, cancellations.

Instants come with the offset of the town's own clocks: they are shown as they stand.
"""

from contracts.booking.calendar import *
from contracts.booking.events import *
from contracts.booking.meals import *
from contracts.booking.orders import *
from contracts.booking.refusals import *
from contracts.booking.staff import *
