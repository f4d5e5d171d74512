"""What an answer of the API costs, beside PostGraphile 5, a plain Strawberry application and a bare route.

    python benchmarks/api.py                        about twenty minutes
    python benchmarks/api.py --quick                a few minutes, fewer connections and one repeat
    python benchmarks/api.py --data DIR             keep the data there, and use what is there
    python benchmarks/api.py --only ours --only PostGraphile

Needs PostgreSQL, Node and npm. 10,000 employees in four cycles; PostGraphile and the plain application read the same
PostgreSQL database, without permissions, which ours always applies; PostGraphile once more with tokens and row-level
security by the same rule. None but ours keeps an audit log. Processor time per request is that of the server
and of its database together, as the kernel counts it: it is what to compare, also where other programs take part of
the machine. Requests per second and latencies are of this machine at this time, with the sender of the requests on it.
"""

import argparse
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import psycopg
from peers import servers
from peers.company import ADMINISTRATOR, MANAGER, Tokens, build, employee
from peers.measure import Cell, taking_turns
from peers.postgres import postgres, process_of
from peers.queries import OPERATIONS, PAGE
from peers.servers import PEER, Running, Server, graphile_words, running
from peers.steady import flat_memory, reads_beside_exports
from rich.console import Console
from rich.table import Table

from appraise.events.store import EventStore
from appraise.storage.database import Database
from appraise.use_cases.deployment import Deployment

CONNECTIONS: Final = (1, 8, 64)
OURS: Final = "ours, PostgreSQL"
MANAGERS: Final = "ours, PostgreSQL, a manager"
REMEMBERING: Final = "ours, PostgreSQL, remembered"
"""All its answers were asked for before."""
BARE, PERMITTED, MANAGED = "PostGraphile 5", "PostGraphile 5, permissions", "PostGraphile 5, a manager"
PEERS: Final = (BARE, PERMITTED, "Strawberry, plain")
OF_MANAGERS: Final = (MANAGERS, MANAGED)


@dataclass(frozen=True, slots=True)
class Plan:
    connections: tuple[int, ...]
    seconds: float
    repeats: int
    minutes: float
    """How long memory is watched."""


QUICK: Final = Plan((8,), 2.0, 1, 0.3)
FULL: Final = Plan(CONNECTIONS, 3.0, 3, 3.0)


def main(arguments: list[str] | None = None) -> int:
    chosen = _arguments(arguments)
    plan = QUICK if chosen.quick else FULL
    console = Console(width=130)
    directory = chosen.data or Path(tempfile.mkdtemp(prefix="appraise-benchmark-"))
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o711)  # PostgreSQL runs as another user where we are root
    try:
        with postgres(directory / "postgres") as url:
            embedded, shared = _prepared(directory, url)
            first = process_of(directory / "postgres")
            known = _servers(directory, url, first, embedded, shared)
            wanted = [one for one in known if not chosen.only or any(name in one.name for name in chosen.only)]
            _compare(wanted, directory, plan, console)
            _steady([one for one in wanted if one.name == OURS], plan, console)
    finally:
        if chosen.data is None:
            shutil.rmtree(directory, ignore_errors=True)
    return 0


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="8 connections, one repeat")
    parser.add_argument("--data", type=Path, help="where the data are kept, and found again")
    parser.add_argument("--only", action="append", default=[], help="part of a server's name; may be repeated")
    return parser.parse_args(arguments)


def _prepared(directory: Path, url: str) -> tuple[Tokens, Tokens]:
    """The company on both kinds of database, made where it is not there yet."""
    kept = directory / "tokens"
    if not kept.exists():
        events = EventStore(str(directory / "events"))
        found = []
        for at in (f"sqlite:///{directory / 'appraise.sqlite'}", url):
            database = Database(at)
            found.append(build(Deployment(database, events, b"benchmark", "benchmark")))
            database.close()
        with psycopg.connect(url, autocommit=True) as session:
            session.execute("VACUUM ANALYZE")
        kept.write_text("\n".join(token for one in found for token in (one.administrator, one.manager)), "ascii")
    with psycopg.connect(url, autocommit=True) as session:
        session.execute((PEER / "peer.sql").read_text(encoding="utf-8"))
    lines = kept.read_text("ascii").split("\n")
    return Tokens(*lines[:2]), Tokens(*lines[2:])


def _servers(directory: Path, url: str, database: int, embedded: Tokens, shared: Tokens) -> list[Server]:
    return [
        servers.ours(OURS, directory, url, shared.administrator, database),
        servers.ours("ours, SQLite", directory, None, embedded.administrator, None),
        servers.ours(MANAGERS, directory, url, shared.manager, database),
        servers.ours(REMEMBERING, directory, url, shared.administrator, database, megabytes=64),
        servers.postgraphile(url, database, BARE),
        servers.postgraphile(url, database, PERMITTED, reader=employee(ADMINISTRATOR)),
        servers.postgraphile(url, database, MANAGED, reader=employee(MANAGER), administers=False),
        servers.plain(url, database),
    ]


def _compare(wanted: list[Server], directory: Path, plan: Plan, console: Console) -> None:
    """All servers run all the time and take turns, so that none has the machine at a better hour than another."""
    with ExitStack() as started:
        ready = _with_words([started.enter_context(running(server)) for server in wanted])
        console.print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}")
        for operation in OPERATIONS:
            # A manager sees about a hundred people: too few for an export, and not those of the point reads.
            asked = [one for one in ready if one.server.name not in OF_MANAGERS or operation == PAGE]
            for one in asked:
                if one.server.name == REMEMBERING and one.server.words is not None:
                    for body in one.server.words.bodies(operation):
                        one.ask(body)
            answer = next((one.ask(one.first(operation)) for one in asked if one.server.name == OURS), b"{}")
            with running(servers.floor(answer, directory)) as floor:
                cells = {
                    connections: taking_turns(
                        [*asked, floor], operation, connections=connections, seconds=plan.seconds, repeats=plan.repeats
                    )
                    for connections in plan.connections
                }
            console.print(_table(operation, cells, len(answer)))


def _with_words(ready: list[Running]) -> list[Running]:
    """PostGraphile's cursors are read by one that sees everybody, and good for the manager as well."""
    everybody = next((one for one in ready if one.server.name in (BARE, PERMITTED)), None)
    words = None if everybody is None else graphile_words(everybody)
    known = [one if one.server.words else replace(one, server=replace(one.server, words=words)) for one in ready]
    return [one for one in known if one.server.words]


def _table(operation: str, cells: dict[int, dict[str, Cell]], size: int) -> Table:
    table = Table(title=f"{operation}, {size:,} bytes", title_justify="left")
    for column in ("server", "conn.", "requests/s", "p50 ms", "p99 ms", "CPU ms", "lowest … highest", "memory MB"):
        table.add_column(column, justify="left" if column == "server" else "right")
    for peer in PEERS:
        table.add_column(f"× {peer}", justify="right")
    for connections, by_server in cells.items():
        for server, cell in by_server.items():
            table.add_row(
                server,
                str(connections),
                f"{cell.rate:,.0f}",
                f"{cell.p50:.1f}",
                f"{cell.p99:.1f}",
                f"{cell.cpu:.2f}",
                f"{cell.cpu_lowest:.2f} … {cell.cpu_highest:.2f}",
                f"{cell.memory / 1e6:.0f}",
                *(_gain(by_server.get(peer), cell) for peer in PEERS),
            )
        table.add_section()
    return table


def _gain(peer: Cell | None, cell: Cell) -> str:
    """How many times the peer's processor time per request is of the cell's."""
    return "" if peer is None else f"{peer.cpu / cell.cpu:.2f}"


def _steady(wanted: list[Server], plan: Plan, console: Console) -> None:
    for server in wanted:
        with running(server) as one:
            for line in _steady_lines(one, plan):
                console.print(line)


def _steady_lines(one: Running, plan: Plan) -> Iterator[str]:
    yield reads_beside_exports(one, seconds=4 * plan.seconds)
    yield flat_memory(one, minutes=plan.minutes)


if __name__ == "__main__":
    sys.exit(main())
