"""Configuration: typed, frozen, read once from the environment; secrets may stand in files."""

import os
import sys
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

SettingsType = TypeVar("SettingsType", bound="Settings")


class EnvironmentOrFile(EnvSettingsSource):
    """Reads NAME from the environment, or the content of the file that NAME_FILE points to."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The value, where it was found, and whether it is JSON: as pydantic-settings asks."""
        path = os.environ.get(f"{field_name.upper()}_FILE")
        if path:
            return Path(path).read_text("utf-8").strip(), field_name, False
        return super().get_field_value(field, field_name)


class Settings(BaseSettings):
    """Base of every process's settings. A field without default must be given at start."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, env_ignore_empty=True
    )

    environment: Literal["development", "production"] = "production"
    http_host: str = "127.0.0.1"
    http_port: int = 8000
    log_level: str = "info"
    log_format: Literal["json", "console"] = "json"
    token_public_keys: str
    """JWK set of those who may sign service tokens, as JSON."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given in code wins over the environment; nothing else is read."""
        return init_settings, EnvironmentOrFile(settings_cls)


class ServiceSettings(Settings):
    """What every service needs: its database and its broker user."""

    database_url: str
    database_direct_url: str = ""
    """A direct address for locks that last, where DATABASE_URL is a pooler's."""
    database_console_url: str = ""
    """The address of the console's role; without it agents of town halls are not answered."""
    amqp_url: str

    @property
    def direct_url(self) -> str:
        """The address that keeps a session: the relay's and the timers'."""
        return self.database_direct_url or self.database_url


class SigningSettings(Settings):
    """What a process that speaks to services in somebody's name needs besides."""

    token_signing_key: str
    """Its private Ed25519 JWK, as JSON, with its own `kid`."""


class FrontSettings(SigningSettings):
    """What a process that shows pages needs besides: the address that browsers know."""

    public_base_url: str

    @field_validator("public_base_url")
    @classmethod
    def _is_an_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError("une adresse complète est attendue, comme https://cantine.example.fr")
        return f"{parts.scheme}://{parts.netloc}".lower()

    @property
    def secure(self) -> bool:
        """Whether browsers come by HTTPS: the cookies' names and attributes depend on it."""
        return self.public_base_url.startswith("https://")


def load(settings: type[SettingsType], **given: Any) -> SettingsType:
    """Read the settings, or stop the start with the names of what is missing or wrong."""
    try:
        return settings(**given)
    except ValidationError as error:
        names = ", ".join(
            f"{str(e['loc'][0]).upper()} ({'manquante' if e['type'] == 'missing' else e['msg']})"
            for e in error.errors()
        )
        sys.exit(f"Configuration incomplète : {names}. Voir docs/runbook.md.")
    except SettingsError as error:
        file = getattr(error.__cause__, "filename", None)
        if file is None:
            raise
        sys.exit(f"Configuration : le fichier de secret {file} est illisible.")
