"""What accounts needs from its environment."""

from typing import Annotated

from pydantic import Field

from chassis.config import ServiceSettings


class AccountsSettings(ServiceSettings):
    """As every service, and how many passwords are hashed at once: 19 MiB and one core each."""

    password_threads: Annotated[int, Field(ge=1, le=32)] = 2
