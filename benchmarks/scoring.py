"""How long a cycle of a large organisation takes to score, in what memory, beside what a person would write in pandas.

    python benchmarks/scoring.py --keep DIRECTORY            # 10 M contacts, 10 M purchases; the aim is 30 s and 2 GiB
    python benchmarks/scoring.py --keep DIRECTORY --scale 0.1 0.3 1   # does it grow faster than the events?
    python benchmarks/scoring.py --keep DIRECTORY --memory 2GB 1GiB   # with what the query engine may use
    python benchmarks/scoring.py --keep DIRECTORY --scale 0.001 --no-peers --engines duckdb 'local[2]'   # on Spark, too

Scale 1 is 10 M contacts, 10 M purchases, 3 M ratings, 2 M customers and 5,000 employees over two years, the second of
which is scored with all six indicators by `appraise score`. What is generated is kept in the directory for the next
time. The peers do a small part: the mean answer and the share of contacts after which the customer bought again, by
employee, by merging and grouping; the scan reads the same columns and adds them up. Each is a process of its own.
Other engines only measure, without the lists of who is flagged and the storing; their start is told apart.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from scale.company import CYCLE, generate

SECONDS, BYTES = 30.0, 2 << 30
INDICATORS = 6
PEERS = Path(__file__).parent / "scale" / "peers.py"
MEASURED = Path(__file__).parent / "scale" / "measured.py"


@dataclass(frozen=True, slots=True)
class Cost:
    wall: float
    cpu: float
    peak: int
    said: str


def measured(command: list[str], **environment: str) -> Cost:
    """What one process and its children cost; its words where it fails."""
    with tempfile.TemporaryFile("w+") as words:
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=words, stderr=subprocess.STDOUT, env={**os.environ, **environment})
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        words.seek(0)
        said = words.read()
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{said}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, said)


def scored(data: Path, memory: str) -> Cost:
    command = [sys.executable, "-m", "appraise", "score", CYCLE, "--policy", str(data / "policy.toml")]
    cost = measured(command, APPRAISE_DATA=str(data), APPRAISE_MEMORY_LIMIT=memory, NO_COLOR="1")
    # Employees hardly differ there, so that few have a figure that is told; the work is that of all of them.
    if len(re.findall(r"outcomes, [1-9][0-9.]*\s% attributed", cost.said)) < INDICATORS:
        sys.exit(f"not every indicator was scored, so that the time says nothing:\n{cost.said}")
    return cost


def printed(name: str, cost: Cost, beside: Cost | None = None) -> None:
    ratio = "" if beside is None else f"{beside.wall / cost.wall:>10.2f}"
    print(f"{name:<34}{cost.wall:>8.1f}{cost.cpu:>8.1f}{cost.peak / (1 << 20):>8.0f}{ratio}", flush=True)


def at_scale(directory: Path, scale: float, memories: list[str], *, peers: bool) -> Cost:
    data = directory / f"scale-{scale:g}"
    generate(data, scale)
    print(f"\nscale {scale:g}, {os.cpu_count()} cores{'':<16}{'wall s':>8}{'cpu s':>8}{'MiB':>8}{'scored in':>10}")
    costs = [scored(data, memory) for memory in memories]
    for memory, cost in zip(memories, costs, strict=True):
        printed(f"appraise score, engine {memory}", cost)
    for peer in ("scan", "pandas", "polars") if peers else ():
        cost = measured([sys.executable, str(PEERS), peer, str(data / "events")])
        if cost.said.startswith("skipped"):
            print(cost.said.strip())
        else:
            printed(peer, cost, costs[0])
    return costs[0]


def on_engines(data: Path, engines: list[str]) -> None:
    """Seconds alone: what Java takes is not this process's."""
    for engine in engines:
        cost = measured([sys.executable, str(MEASURED), str(data), engine])
        told = next(line for line in cost.said.splitlines() if line.startswith("{"))
        seconds = json.loads(told)["seconds"]
        print(f"{engine}: started in {seconds['start']:.1f} s, measured in {seconds['measure']:.1f} s", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, required=True, help="directory of what is generated")
    parser.add_argument("--scale", type=float, nargs="+", default=[1.0])
    parser.add_argument("--memory", nargs="+", default=["1.5GB"], help="what the query engine may use")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--engines", nargs="+", default=[], help="where else to measure, as APPRAISE_ENGINE names it")
    asked = parser.parse_args()
    costs = {scale: at_scale(asked.keep, scale, asked.memory, peers=not asked.no_peers) for scale in asked.scale}
    for scale in asked.scale:
        on_engines(asked.keep / f"scale-{scale:g}", asked.engines)
    (low, first), (high, last) = min(costs.items()), max(costs.items())
    failed = []
    if high > low:
        growth = (last.cpu / first.cpu) / (high / low)
        print(f"\n{high / low:g} times the events took {last.cpu / first.cpu:.2f} times the processor time")
        if growth > 1.0:
            failed.append("it grows faster than the events")
    if 1.0 in costs and (costs[1.0].wall > SECONDS or costs[1.0].peak > BYTES):
        failed.append(f"it takes more than {SECONDS:.0f} s or {BYTES >> 20} MiB")
    print("\n".join(failed) or "held")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
