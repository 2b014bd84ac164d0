"""The machine: how much of it others use, what our processes weigh, what it is made of."""

import os
import platform
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from deploy.local import processes


class Share:
    """The share of the machine that was busy, and not for us, since this was made."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._busy, self._ours = _busy_seconds(), _our_seconds()

    def of_others(self) -> float:
        """0 on a quiet machine; 0.5 when others kept half of it busy."""
        capacity = (time.monotonic() - self._started) * (os.cpu_count() or 1)
        others = (_busy_seconds() - self._busy) - (_our_seconds() - self._ours)
        return min(1.0, max(0.0, others / capacity))


def _busy_seconds() -> float:
    # interrupts are left out: the kernel charges those of our own packets to nobody
    times = psutil.cpu_times()
    stolen = float(getattr(times, "steal", 0.0))
    return float(times.user + times.nice + times.system) + stolen


def _our_seconds() -> float:
    """CPU of all processes that we started, those that have ended included."""
    total = 0.0
    for process in processes.family(os.getpid()):
        with suppress(psutil.NoSuchProcess):
            total += sum(process.cpu_times()[:4])
    return total


def pss_megabytes(pid: int) -> float:
    """What a process and its children weigh: their own pages, and their part of shared ones."""
    total = 0
    for process in processes.family(pid):
        with suppress(OSError):
            for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total / 1024


class Costs:
    """CPU that named groups of processes have used since this was made."""

    def __init__(self, groups: Mapping[str, Callable[[], Iterable[int]]]):
        self._groups = groups
        self._before = self._seconds()

    def milliseconds_each(self, count: int) -> dict[str, float]:
        """Milliseconds of CPU by group, for each of so many pieces of work; the dearest first."""
        spent = {
            name: (seconds - self._before[name]) * 1000 / count
            for name, seconds in self._seconds().items()
        }
        return dict(sorted(spent.items(), key=lambda item: -item[1]))

    def _seconds(self) -> dict[str, float]:
        return {name: _seconds_of(pids()) for name, pids in self._groups.items()}


def _seconds_of(pids: Iterable[int]) -> float:
    total = 0.0
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            total += sum(psutil.Process(pid).cpu_times()[:4])
    return total


def shape() -> str:
    """What this machine is, in a line."""
    gigabytes = psutil.virtual_memory().total / 1024**3
    return (
        f"{os.cpu_count()} cores ({_model()}), {gigabytes:.0f} GB of memory, "
        f"Linux {platform.release().partition('-')[0]}, Python {platform.python_version()}"
    )


def _model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
