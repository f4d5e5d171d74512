"""How long an import of many people takes, in what memory, and whether the same import again changes nothing.

    python benchmarks/people.py                  # 100,000 employees; the aim is 60 s and 1 GiB on two cores
    python benchmarks/people.py --employees 5000

A user data file of SuccessFactors is generated: a tree of managers ten wide, leading zeros, names in several scripts.
It is imported twice into an empty deployment, each time by a process of its own, as the command line does it.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

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


def write_file(path: Path, employees: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(KEYS)
        writer.writerow(["STATUS", "USERID", *(key.title() for key in KEYS[2:])])
        for number in range(employees):
            manager = f"{(number - 1) // WIDTH:07d}" if number else "NO_MANAGER"
            writer.writerow(
                [
                    "inactive" if number % 50 == 49 and number > employees // 2 else "active",
                    f"{number:07d}",
                    f"user{number}",
                    GIVEN[number % len(GIVEN)],
                    f"{FAMILY[number // 8 % len(FAMILY)]} {number}",
                    f"user{number}@example.com",
                    manager,
                    "NO_HR",
                    f"Department {number // WIDTH % 500}",
                    f"{2010 + number % 15}-{1 + number % 12:02d}-01",
                    f"Job {number % 40}",
                ]
            )


def import_once(data: Path, file: Path) -> None:
    """What one process does; prints its figures as JSON."""
    import resource

    from appraise.adapters.contract import ImportOptions
    from appraise.bootstrap import initialise
    from appraise.domain.progress import silent
    from appraise.settings import Settings
    from appraise.use_cases.import_people import import_people

    deployment = initialise(Settings(data=data))
    options = ImportOptions("successfactors", as_of=date(2026, 1, 1))
    at, began = datetime(2026, 1, 2, tzinfo=UTC), time.monotonic()
    report = import_people(deployment, "successfactors", file, options, at=at, dry_run=False, progress=silent)
    counts = {name: getattr(report, name) for name in ("created", "changed", "ended", "unchanged")}
    seconds, peak = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({**counts, "rejected": len(report.rejected), "seconds": seconds, "peak": peak}))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--employees", type=int, default=100_000)
    parser.add_argument("--one", nargs=2, type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        import_once(*asked.one)
        return 0
    with tempfile.TemporaryDirectory(prefix="appraise-people-") as name:
        directory, failed = Path(name), []
        file = directory / "users.csv"
        write_file(file, asked.employees)
        print(f"{asked.employees:,} employees, {file.stat().st_size / 1e6:.1f} MB")
        print(
            f"{'import':<8}{'created':>10}{'changed':>9}{'ended':>7}{'unchanged':>11}{'rejected':>10}{'seconds':>9}{'MiB':>7}"
        )
        for which in ("first", "again"):
            command = [sys.executable, __file__, "--one", str(directory / "data"), str(file)]
            run = subprocess.run(command, check=True, capture_output=True, text=True)
            found = json.loads(run.stdout.splitlines()[-1])
            numbers = "".join(
                f"{found[key]:>{width},}"
                for key, width in (("created", 10), ("changed", 9), ("ended", 7), ("unchanged", 11), ("rejected", 10))
            )
            print(f"{which:<8}{numbers}{found['seconds']:>9.1f}{found['peak'] / (1 << 20):>7.0f}")
            if found["seconds"] > SECONDS or found["peak"] > BYTES:
                failed.append(f"the {which} import took more than {SECONDS} s or {BYTES >> 20} MiB")
            if which == "again" and (found["created"], found["changed"], found["ended"]) != (0, 0, 0):
                failed.append("the same import again changed something")
    print("\n".join(failed) or "held")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
