"""Where a process spends its time: py-spy's stacks, summed up by function and by library."""

import asyncio
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from deploy.bench.portal import Portal
from deploy.bench.shots import fire
from deploy.local.processes import die_with_parent

WATCHED = ("gateway", "booking", "payments", "notifications")
PROFILE_SECONDS = 12.0
SAMPLES_PER_SECOND = 200
OUR_ROOMS = ("chassis/", "services/", "gateway/", "contracts/")
_FRAME = re.compile(r"(?P<function>.+) \((?P<file>[^()]+?)(?::\d+)?\)$")


async def record(pid: int, seconds: float, file: Path) -> None:
    """Watch a process for so long; its stacks stand in the file afterwards."""
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("py-spy")), "record", "-p", str(pid),
        "-d", str(max(1, round(seconds))), "-r", str(SAMPLES_PER_SECOND), "-f", "raw",
        "-o", str(file), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        preexec_fn=die_with_parent(),
    )  # fmt: skip
    try:
        await asyncio.wait_for(process.wait(), seconds + 30)
    finally:
        if process.returncode is None:
            process.kill()


def summary(stacks: Iterable[str], lines: int = 14) -> list[str]:
    """The functions of ours that were on the stack most, then the libraries at its top."""
    with_callees: Counter[str] = Counter()
    on_top: Counter[str] = Counter()
    total = 0
    for line in stacks:
        stack, _, text = line.rpartition(" ")
        frames = [found for part in stack.split(";") if (found := _FRAME.match(part))]
        if not frames:
            continue
        count = int(text)
        total += count
        on_top[_room(frames[-1]["file"])] += count
        ours = {f"{_room(f['file'])} {f['function']}" for f in frames if _is_ours(f["file"])}
        for name in ours:
            with_callees[name] += count
    for name in [name for name, count in with_callees.items() if count == total]:
        del with_callees[name]  # the door by which everything came in
    return [
        *_shares(with_callees, total, lines),
        "top of the stack:",
        *_shares(on_top, total, lines),
    ]


def _is_ours(file: str) -> bool:
    return _room(file).startswith(OUR_ROOMS)


def _room(file: str) -> str:
    """Our module as it is called here, or the library that a file belongs to."""
    file = file.rpartition("site-packages/")[2]
    for room in OUR_ROOMS:
        if file.startswith(room) or f"/{room}" in file:
            return room + file.rpartition(room)[2]
    if file.endswith("asyncio/runners.py"):
        return "uvloop (sockets, the loop itself)"
    return file.partition("/")[0] if "/" in file else file


def _shares(counted: "Counter[str]", total: int, lines: int) -> list[str]:
    return [f"{count / total:6.1%}  {name}" for name, count in counted.most_common(lines)]


async def profiles_under_load(portal: Portal, folder: Path) -> dict[str, list[str]]:
    """Where the busiest processes spend their time while everybody confirms."""
    watched = {name: pid for name in WATCHED if (pid := portal.stack.pid(name)) is not None}
    checkouts = await portal.ready(portal.families)
    requests = [portal.by_browser(checkout) for checkout in checkouts]
    files = {name: folder / f"profile-{name}.raw" for name in watched}
    watching = asyncio.gather(
        *(record(pid, PROFILE_SECONDS, files[name]) for name, pid in watched.items())
    )
    await fire(portal.stack.url("gateway"), requests)
    await portal.quiet.until_announced(len(requests))
    await watching
    return {name: summary(file.read_text().splitlines()) for name, file in files.items()}
