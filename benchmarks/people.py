"""How long imports of many people take, in what memory, and whether the same import again changes nothing.

    python benchmarks/people.py                  # 100,000 employees; the aim is 60 s and 1 GiB on two cores
    python benchmarks/people.py --employees 5000 --only SQLite

A user data file of SuccessFactors is generated: a tree of managers ten wide, leading zeros, names in several scripts.
It is imported twice into an empty deployment on SQLite and on PostgreSQL, each time by a process of its own, as the
command line does it. After the second import every stored row must be what it was after the first. Then comes a file
in which everybody has another job, department, address and name, and every second one another manager. Processor time
is that of the importing process and of PostgreSQL together, memory the importing process's peak.
"""

import argparse
import csv
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from peers.postgres import postgres, process_of
from peers.processes import processor_seconds

SECONDS, BYTES = 60, 1 << 30
KEYS = (
    "STATUS",
    "USERID",
    "USERNAME",
    "FIRSTNAME",
    "LASTNAME",
    "EMAIL",
    "MANAGER",
    "HR",
    "DEPARTMENT",
    "HIREDATE",
    "TITLE",
)
GIVEN = ("Ada", "Zoë", "Kateřina", "Иван", "Ελένη", "Łukasz", "José", "Nguyễn")
FAMILY = ("Árva", "Böhm", "O'Neil", "Коваленчук", "Παππάς", "Łęczycki", "García-Marín", "Yıldız")
WIDTH = 10
"""People under each manager."""


FIRST, LATER = date(2026, 1, 1), date(2026, 6, 1)


def write_file(path: Path, employees: int, *, moved: int = 0) -> None:
    """With `moved` 1 everybody is at another place, and every second one reports to the next manager."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(KEYS)
        writer.writerow(["STATUS", "USERID", *(key.title() for key in KEYS[2:])])
        for number in range(employees):
            above = max((number - 1) // WIDTH - moved * (number % 2), 0)
            manager = f"{above:07d}" if number else "NO_MANAGER"
            writer.writerow(
                [
                    "inactive" if number % 50 == 49 and number > employees // 2 else "active",
                    f"{number:07d}",
                    f"user{number}",
                    GIVEN[number % len(GIVEN)],
                    f"{FAMILY[(number // 8 + moved) % len(FAMILY)]} {number}",
                    f"user{number}@{'www.' * moved}example.com",
                    manager,
                    "NO_HR",
                    f"Department {(number // WIDTH + moved) % 500}",
                    f"{2010 + number % 15}-{1 + number % 12:02d}-01",
                    f"Job {(number + moved) % 40}",
                ]
            )


def import_once(data: Path, url: str, file: Path, day: date) -> None:
    """What one process does; prints its figures as JSON."""
    import resource

    from sqlalchemy import select

    from appraise.adapters.contract import ImportOptions
    from appraise.bootstrap import initialise
    from appraise.domain.progress import silent
    from appraise.settings import Settings
    from appraise.storage.tables import DEPARTMENTS, EMPLOYEES, EMPLOYMENTS, EXTERNAL_REFERENCES, REPORTING_LINES
    from appraise.use_cases.import_people import import_people

    deployment = initialise(Settings(data=data, database_url=url or None))
    options = ImportOptions("successfactors", as_of=day)
    at, began, spent = datetime(day.year, day.month, 2, tzinfo=UTC), time.monotonic(), time.process_time()
    report = import_people(deployment, "successfactors", file, options, at=at, dry_run=False, progress=silent)
    found = {name: getattr(report, name) for name in ("created", "changed", "ended", "unchanged")}
    found |= {"rejected": len(report.rejected), "seconds": time.monotonic() - began}
    found |= {"processor": time.process_time() - spent}
    found |= {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
    stored = hashlib.sha256()
    with deployment.database.reading() as session:
        for table in (EMPLOYEES, EXTERNAL_REFERENCES, EMPLOYMENTS, REPORTING_LINES, DEPARTMENTS):
            for row in session.execute(select(table).order_by(*table.primary_key.columns)):
                stored.update(repr(tuple(row)).encode())
    print(json.dumps({**found, "stored": stored.hexdigest()}))


COLUMNS = {"created": 10, "changed": 9, "ended": 7, "unchanged": 11, "rejected": 10}


def measure(
    name: str, directory: Path, files: tuple[Path, Path], url: str = "", server: int | None = None
) -> Iterator[str]:
    """Imports the first file twice and then the second; prints a line for each, gives what was not as it should be."""
    stored, (file, other) = set(), files
    for which, path, day in (("first", file, FIRST), ("again", file, FIRST), ("changed", other, LATER)):
        before = processor_seconds(server) if server else 0.0
        command = [sys.executable, __file__, "--one", str(directory / name), url, str(path), day.isoformat()]
        run = subprocess.run(command, check=True, capture_output=True, text=True)
        found = json.loads(run.stdout.splitlines()[-1])
        processor = found["processor"] + (processor_seconds(server) - before if server else 0.0)
        counts = "".join(f"{found[key]:>{width},}" for key, width in COLUMNS.items())
        figures = f"{found['seconds']:>9.1f}{processor:>11.1f}{found['peak'] / (1 << 20):>7.0f}"
        print(f"{name:<12}{which:<8}{counts}{figures}", flush=True)
        if found["seconds"] > SECONDS or found["peak"] > BYTES:
            yield f"{name}: the {which} import took more than {SECONDS} s or {BYTES >> 20} MiB"
        if which == "again" and (found["created"], found["changed"], found["ended"]) != (0, 0, 0):
            yield f"{name}: the same import again changed something"
        if which != "changed":
            stored.add(found["stored"])
    if len(stored) > 1:
        yield f"{name}: the same import again changed stored rows"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--employees", type=int, default=100_000)
    parser.add_argument(
        "--only", choices=("SQLite", "PostgreSQL"), help="one kind of database; PostgreSQL needs its server"
    )
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        data, url, file, day = asked.one
        import_once(Path(data), url, Path(file), date.fromisoformat(day))
        return 0
    with tempfile.TemporaryDirectory(prefix="appraise-people-") as name:
        directory, failed = Path(name), list[str]()
        directory.chmod(0o711)  # PostgreSQL runs as another user where we are root
        files = directory / "users.csv", directory / "later.csv"
        for moved, file in enumerate(files):
            write_file(file, asked.employees, moved=moved)
        print(f"{asked.employees:,} employees, {files[0].stat().st_size / 1e6:.1f} MB")
        heads = "".join(f"{key:>{width}}" for key, width in COLUMNS.items())
        print(f"{'database':<12}{'import':<8}{heads}{'seconds':>9}{'processor':>11}{'MiB':>7}")
        if asked.only != "PostgreSQL":
            failed += measure("SQLite", directory, files)
        if asked.only != "SQLite":
            with postgres(directory / "postgres") as url:
                failed += measure("PostgreSQL", directory, files, url, process_of(directory / "postgres"))
    print("\n".join(failed) or "held")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
