"""`python -m services.accounts`."""

from chassis.service import run
from services.accounts.app import SERVICE

if __name__ == "__main__":
    run(SERVICE)
