"""`python -m services.subscriptions`."""

from chassis.service import run
from services.subscriptions.app import SERVICE

if __name__ == "__main__":
    run(SERVICE)
