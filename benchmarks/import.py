"""How long an import of many events takes and in what memory, beside DuckDB's own typed read of the same file.

    python benchmarks/import.py                     # 10 million rows: the aim is 3 times DuckDB's time, and 1 GiB
    python benchmarks/import.py --rows 1000000 --rows 10000000
    python benchmarks/import.py --keep DIR          # the file is written there once

An export of orders with 40 columns is made up, one row in a hundred unfit in one of ten ways, and imported into an
empty deployment by the command that a person would type, with a mapping file. DuckDB reads the same file with the
types of all 40 columns, once looking at every value and once into a table of its own. Each is a process of its own
with as many threads. Memory is the most that was resident; the ratio is that of processor time, which other programs
on the machine disturb least. Then the report, the file of rejected rows and the stored events are held against what was
written.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import duckdb
from orders.generated import COLUMNS, MAPPING, TYPES, Truth, write_orders

from appraise.domain.events import EventKind
from appraise.events.store import EventStore

RATIO, BYTES = 3.0, 1 << 30
ROWS_REJECTED = 3
"""Exit code of an import that rejected rows."""

PEER = """
import sys, duckdb
file, table, columns, query = sys.argv[1:]
with duckdb.connect(table) as connection:
    connection.execute(
        f"{query} FROM read_csv('{file}', auto_detect = false, header = true, delim = ',', quote = '\\"', "
        f"escape = '\\"', columns = {columns}, store_rejects = true)"
    ).fetchall()
"""


@dataclass(frozen=True, slots=True)
class Ran:
    seconds: float
    processor: float
    mebibytes: float
    output: str


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, action="append", help="may be given several times")
    parser.add_argument("--keep", type=Path, help="directory for the files, which are used again")
    chosen = parser.parse_args(arguments)
    failed: list[str] = []
    print(f"{'rows':>12}{'MB':>8}  {'':<19}{'seconds':>9}{'processor':>11}{'rows/s':>11}{'MiB':>7}{'ratio':>7}")
    for rows in chosen.rows or [10_000_000]:
        with tempfile.TemporaryDirectory(prefix="appraise-orders-") as name:
            failed += measured(rows, Path(name), chosen.keep or Path(name))
    print("\n".join(failed) or "held: every unfit row was told, nothing was lost")
    return bool(failed)


def measured(rows: int, directory: Path, files: Path) -> list[str]:
    file, truth = written(files, rows)
    size = file.stat().st_size / 1e6
    types = "{" + ", ".join(f"'{name}': '{TYPES[name]}'" for name in COLUMNS) + "}"
    table = directory / "peer.duckdb"
    peers = [
        run([sys.executable, "-c", PEER, str(file), str(table), types, query])
        for query in ("SELECT max(COLUMNS(*))", "CREATE TABLE orders AS SELECT *")
    ]
    table.unlink()
    mapping, rejected = directory / "orders.toml", directory / "rejected.csv"
    mapping.write_text(MAPPING, encoding="utf-8")
    appraise = [str(Path(sys.executable).with_name("appraise"))]
    where = {"APPRAISE_DATA": str(directory / "data")}
    run([*appraise, "init"], **where)
    ours = run(
        [*appraise, "import", "csv", str(file), "--mapping", str(mapping), "--rejected-to", str(rejected), "--json"],
        code=ROWS_REJECTED,
        **where,
    )
    for what, ran in (
        *zip(("DuckDB, typed read", "DuckDB, to a table"), peers, strict=True),
        ("appraise import", ours),
    ):
        print(
            f"{rows:>12,}{size:>8,.0f}  {what:<19}{ran.seconds:>9.1f}{ran.processor:>11.1f}{rows / ran.seconds:>11,.0f}"
            f"{ran.mebibytes:>7,.0f}{ran.processor / peers[0].processor:>7.2f}",
            flush=True,
        )
    failed = told_wrongly(truth, json.loads(ours.output), rejected) + stored_wrongly(truth, directory / "data")
    if ours.processor > RATIO * peers[0].processor:
        failed.append(f"{rows:,} rows took more than {RATIO} times as long as DuckDB's read")
    if ours.mebibytes * (1 << 20) > BYTES:
        failed.append(f"{rows:,} rows took more than {BYTES >> 20} MiB")
    return failed


def written(directory: Path, rows: int) -> tuple[Path, Truth]:
    """The file, and what it holds; one that is there already is read as far as `write_orders` would write it."""
    file, known = directory / f"orders-{rows}.csv", directory / f"orders-{rows}.json"
    if known.exists():
        found = json.loads(known.read_text())
        return file, Truth(rows, found["fit"], found["cents"], {int(row): why for row, why in found["unfit"].items()})
    directory.mkdir(parents=True, exist_ok=True)
    truth = write_orders(file, rows)
    known.write_text(json.dumps({"fit": truth.fit, "cents": truth.cents, "unfit": truth.unfit}))
    return file, truth


def run(command: list[str], *, code: int = 0, **environment: str) -> Ran:
    began = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}) as child:
        output = child.stdout.read() if child.stdout else ""
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != code:
        raise RuntimeError(f"{command[0]} ended with {child.returncode}")
    return Ran(time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, output)


def told_wrongly(truth: Truth, report: dict[str, object], rejected: Path) -> list[str]:
    """Every unfit row is in the report and in the file, with its reason, and no other."""
    with rejected.open(encoding="utf-8", newline="") as stream:
        told = {int(row["row"]): row["reason"] for row in csv.DictReader(stream)}
    failed = []
    if told != truth.unfit:
        wrong = {row for row in told.keys() | truth.unfit.keys() if told.get(row) != truth.unfit.get(row)}
        failed.append(f"of {truth.rows:,} rows {len(wrong):,} are told wrongly as rejected or not: {min(wrong)}, …")
    if report["rejected_by_reason"] != Counter(truth.unfit.values()) or report["read"] != truth.rows:
        failed.append(f"the report of {truth.rows:,} rows counts otherwise")
    return failed


def stored_wrongly(truth: Truth, data: Path) -> list[str]:
    query = EventStore(data / "events").snapshot().query(EventKind.PURCHASES)
    with duckdb.connect(config={"memory_limit": "1GB"}) as connection:
        found = connection.execute(f"SELECT count(*), sum(amount) FROM ({query})").fetchone()
    return [] if found == (truth.fit, truth.cents) else [f"stored are {found}, meant {(truth.fit, truth.cents)}"]


if __name__ == "__main__":
    sys.exit(main())
