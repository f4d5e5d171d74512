"""What must not happen: point reads that wait for exports, and memory that grows."""

from peers.measure import begun, finished, load, quantile
from peers.processes import memory
from peers.queries import EXPORT, PAGE, POINT
from peers.servers import Running


def reads_beside_exports(running: Running, *, seconds: float) -> str:
    """Point reads over 4 connections, alone and while 2 more read export pages without a pause."""
    reads, exports = running.requests(POINT), running.requests(EXPORT)
    quiet = load(running, reads, 4, seconds)["latencies"]
    with begun(running, exports, 2, seconds) as beside:
        busy = load(running, reads, 4, seconds * 0.9)["latencies"]
        finished(beside)
    p50, p99 = 1000 * quantile(quiet, 0.5), 1000 * quantile(busy, 0.99)
    return (
        f"point reads: quiet p50 {p50:.1f} ms, p99 {1000 * quantile(quiet, 0.99):.1f} ms; beside exports p50 "
        f"{1000 * quantile(busy, 0.5):.1f} ms, p99 {p99:.1f} ms: {p99 / p50:.1f} times the quiet p50"
    )


def flat_memory(running: Running, *, minutes: float) -> str:
    """Memory in MB at ten moments of a mixed load, the first after a tenth of the time."""
    requests = [*running.requests(POINT)[:200], *running.requests(PAGE), *running.requests(EXPORT)]
    found, count = [], 0
    for _ in range(10):
        count += len(load(running, requests, 8, minutes * 6)["latencies"])
        found.append(memory(running.process) / 1e6)
    told = ", ".join(f"{each:.0f}" for each in found)
    return f"memory over {minutes:g} minutes and {count:,} requests: {told} MB"
