"""A browser for the journeys: found, installed when we may, or declared absent."""

import os
import shutil
import subprocess

from deploy.local.failure import Failure


def chromium() -> str | None:
    """The path of Chromium; None when the journeys have to be left out, which is then said."""
    found = _found()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installation de Chromium pour les parcours…", flush=True)
        _install()
        found = _found()
    if found is None:
        missing = "Chromium est absent : installez-le (sur Debian : apt-get install chromium)"
        if os.environ.get("CI") == "true":
            raise Failure(f"{missing}, les parcours sont obligatoires en intégration continue.")
        print(f"Les parcours dans un navigateur ne sont pas joués. {missing}.", flush=True)
    return found


def _found() -> str | None:
    return shutil.which("chromium") or shutil.which("google-chrome")


def _install() -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "-qq", "update"],
        ["apt-get", "-qq", "-y", "install", "--no-install-recommends", "chromium"],
    ):
        subprocess.run(
            command,
            env=environment,
            check=False,  # whether Chromium is there afterwards says it all
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
