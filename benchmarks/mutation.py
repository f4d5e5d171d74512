"""Would a test notice if this line were wrong? Mutation testing of `appraise.statistics` and `appraise.domain`.

    python benchmarks/mutation.py statistics.funnel domain.periods    these modules
    python benchmarks/mutation.py                                     every module with a row in docs/mutation.md

`mutants.py` changes one expression at a time and runs the tests of the module. A change that no test notices is a
survivor. Each needs a written reason in tests/mutation/survivors.toml. Exits with 1 where one has none, or where a
listed one is gone. `--record` writes the counts into docs/mutation.md; `--again` tries only what survived the last run,
after tests were added; `--judge` compares the last run's verdicts without running anything again; `--stale` runs
nothing and names the modules that have changed since their row was written, or have none.
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mutmut.mutation.file_mutation import mutate_file_contents

ROOT = Path(__file__).parent.parent
SURVIVORS = ROOT / "tests" / "mutation" / "survivors.toml"
TABLE = ROOT / "docs" / "mutation.md"
PACKAGES = ("domain", "statistics")
ROW = re.compile(r"^\| `(?P<module>[a-z_.]+)` \|.*\| `(?P<text>[0-9a-f]+)` \|\n", re.MULTILINE)


@dataclass(frozen=True, slots=True, order=True)
class Mutant:
    """A change told by what it changes, so that moving the line changes nothing."""

    module: str
    function: str
    was: str
    becomes: str

    def __str__(self) -> str:
        return f"{self.module}, {self.function}\n    - {self.was}\n    + {self.becomes}"


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What became of a module's mutants: how many there are, and those that no test noticed.

    `text` tells the module's source as it was tried.
    """

    module: str
    text: str
    mutants: int
    timed_out: int
    survivors: frozenset[Mutant]
    survived: int


def main(arguments: list[str] | None = None) -> int:
    chosen = _arguments(arguments)
    if chosen.stale:
        found = stale(TABLE.read_text())
        print(*found, sep="\n")
        return 1 if found else 0
    modules = chosen.modules or [row["module"] for row in ROW.finditer(TABLE.read_text())]
    reasons = read_reasons(tomllib.loads(SURVIVORS.read_text()))
    done = True
    for module in modules:
        if not chosen.judge:
            command = [sys.executable, str(ROOT / "benchmarks" / "mutants.py"), module, *["--again"] * chosen.again]
            subprocess.run(command, check=True)
        verdicts = _verdicts(module)
        complaints = complaints_about(verdicts, reasons)
        print(row_of(verdicts), *complaints, sep="\n")
        if chosen.record and not complaints:
            TABLE.write_text(with_rows(TABLE.read_text(), [verdicts]))
        done = done and not complaints
    return 0 if done else 1


def read_reasons(listed: Mapping[str, Iterable[Mapping[str, object]]]) -> dict[Mutant, str]:
    """`[["statistics.funnel"]]` with `function`, `was`, `becomes` (one text or several) and `reason`."""
    reasons: dict[Mutant, str] = {}
    for module, entries in listed.items():
        for entry in entries:
            becomes = entry["becomes"]
            for text in becomes if isinstance(becomes, list) else [becomes]:
                mutant = Mutant(module, str(entry["function"]), str(entry["was"]), str(text))
                if mutant in reasons:
                    raise SystemExit(f"{SURVIVORS.name} lists a mutant twice:\n  {mutant}")
                reasons[mutant] = str(entry["reason"]).strip()
    return reasons


def complaints_about(verdicts: Verdicts, reasons: Mapping[Mutant, str]) -> list[str]:
    """What keeps a module from being done: survivors without a reason, reasons without a survivor."""
    explained = {mutant for mutant, reason in reasons.items() if mutant.module == verdicts.module and reason}
    complaints = [f"survives without a reason: {mutant}" for mutant in sorted(verdicts.survivors - explained)]
    complaints += [f"listed, but does not survive: {mutant}" for mutant in sorted(explained - verdicts.survivors)]
    return complaints


def row_of(verdicts: Verdicts) -> str:
    killed = verdicts.mutants - verdicts.survived - verdicts.timed_out
    counts = f"{verdicts.mutants} | {killed} | {verdicts.timed_out} | {verdicts.survived}"
    return f"| `{verdicts.module}` | {counts} | `{verdicts.text}` |\n"


def with_rows(page: str, verdicts: Iterable[Verdicts]) -> str:
    """The page with the rows of these modules put in or brought up to date, in the order of their names."""
    rows = {found["module"]: found[0] for found in ROW.finditer(page)} | {one.module: row_of(one) for one in verdicts}
    head, rule, rest = page.partition("|---|---:|---:|---:|---:|---|\n")
    return head + rule + "".join(rows[module] for module in sorted(rows)) + ROW.sub("", rest)


def stale(page: str) -> list[str]:
    """Modules whose text is not the one that was tried, or that have something to change and no row."""
    rows = {found["module"]: found["text"] for found in ROW.finditer(page)}
    found = []
    for path in sorted(path for package in PACKAGES for path in (ROOT / "src" / "appraise" / package).glob("*.py")):
        module, source = f"{path.parent.name}.{path.stem}", path.read_text()
        if module in rows:
            is_stale = rows[module] != _digest(source)
        else:
            is_stale = bool(mutate_file_contents(str(path), source).mutant_names)
        if is_stale:
            found.append(module)
    return found


def _digest(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()[:8]


def _verdicts(module: str) -> Verdicts:
    told = json.loads((ROOT / "mutants" / f"{module}.json").read_text())
    survivors = [Mutant(module, *texts) for texts in told["survivors"]]
    text = _digest(told["source"])
    return Verdicts(module, text, told["mutants"], told["timed_out"], frozenset(survivors), len(survivors))


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("modules", nargs="*", help="for instance statistics.funnel; all that are done when left out")
    parser.add_argument("--again", action="store_true", help="try the last run's survivors only")
    parser.add_argument("--judge", action="store_true", help="compare the last run's verdicts only")
    parser.add_argument("--stale", action="store_true", help="name the modules that have changed since their row")
    parser.add_argument("--record", action="store_true", help="write the counts into docs/mutation.md")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
