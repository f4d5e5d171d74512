"""What processes and their children have taken so far, as `/proc` tells it."""

import os
from pathlib import Path
from typing import Final

TICK: Final = 1 / os.sysconf("SC_CLK_TCK")
"""Seconds; what the kernel counts processor time in."""


def processor_seconds(root: int) -> float:
    """Of a process and all below it, those that have ended and were waited for too."""
    return sum(_spent(process) for process in tree(root))


def memory(root: int) -> int:
    """Bytes that a process and all below it hold in memory; pages that several share are split among them."""
    return sum(_resident(process) for process in tree(root))


def tree(root: int) -> list[int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _stat(int(entry.name))
            if fields:
                parents[int(entry.name)] = int(fields[1])
    found = [root]
    for process in found:  # grows while it is walked
        found += [child for child, parent in parents.items() if parent == process]
    return found


def _stat(process: int) -> list[str]:
    """The fields after the name; none where the process has ended."""
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return []
    return text.rpartition(")")[2].split()


def _spent(process: int) -> float:
    fields = _stat(process)
    return sum(int(field) for field in fields[11:15]) * TICK if fields else 0.0


def _resident(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
