"""Start the booking service."""

from chassis.service import run
from services.booking.app import SERVICE

if __name__ == "__main__":
    run(SERVICE)
