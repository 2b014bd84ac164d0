"""Where things live on this machine, and who may reach them."""

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.local.failure import Failure

REPOSITORY = Path(__file__).resolve().parents[2]
LOCAL = REPOSITORY / ".local"
DIST = LOCAL / "dist"


def unprivileged_user() -> pwd.struct_passwd | None:
    """Who runs PostgreSQL, which refuses root: `nobody` when we are root, ourselves otherwise."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody")
    except KeyError as error:
        raise Failure(
            "PostgreSQL refuse de tourner en root et l'utilisateur système « nobody » n'existe "
            "pas : lancez la commande avec un utilisateur ordinaire."
        ) from error


def everyone_reaches(path: Path) -> bool:
    """Whether any user of the machine may read this path, its folders included."""
    if not os.stat(path).st_mode & stat.S_IROTH:
        return False
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents)


def reachable(folder: Path) -> Path:
    """This folder, or its twin below /var/tmp when another user could not reach it."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0 or everyone_reaches(folder):
        return folder
    twin = _shelter() / hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    twin.mkdir(exist_ok=True)
    twin.chmod(0o755)  # whatever the umask
    return twin


def reachable_copy(tree: Path, parts: Sequence[str], *, name: str, witness: str) -> Path:
    """This program tree, or a copy of its parts below /var/tmp when another user cannot read it."""
    if os.geteuid() != 0 or everyone_reaches(tree / witness):
        return tree
    copy = _shelter() / name
    if not copy.exists():
        draft = copy.with_name(f".{name}.{os.getpid()}")
        for part in parts:
            shutil.copytree(tree / part, draft / part, symlinks=True)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                runs = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
                path.chmod(0o755 if runs else 0o644)
        draft.rename(copy)
    return copy


def remove_shelter() -> None:
    """Delete what this repository keeps below /var/tmp."""
    shutil.rmtree(_shelter_path(), ignore_errors=True)


def _shelter_path() -> Path:
    mark = hashlib.sha256(str(REPOSITORY).encode()).hexdigest()[:12]
    return Path("/var/tmp") / f"cantine-facile-{mark}"  # noqa: S108 - its owner is checked


def _shelter() -> Path:
    shelter = _shelter_path()
    shelter.mkdir(exist_ok=True)
    # /var/tmp is everybody's: a folder that somebody else prepared is not ours to trust
    found = shelter.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise Failure(f"Le dossier {shelter} appartient à quelqu'un d'autre : supprimez-le.")
    shelter.chmod(0o755)
    return shelter


@contextmanager
def exclusive(folder: Path, refusal: str) -> Iterator[None]:
    """Hold a folder for one run; another run that wants it hears the refusal."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Failure(refusal) from error
        yield
