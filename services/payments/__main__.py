"""Start the payments service."""

from chassis.service import run
from services.payments.app import SERVICE

if __name__ == "__main__":
    run(SERVICE)
