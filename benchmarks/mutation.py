"""Would a test notice if this line were wrong? Mutation testing of `appraise.statistics` and `appraise.domain`.

    python benchmarks/mutation.py statistics.funnel domain.periods    these modules
    python benchmarks/mutation.py                                     every module with a row in docs/mutation.md

`mutants.py` changes one expression at a time and runs the tests of the module. A change that no test notices is a
survivor. Each needs a written reason in tests/mutation/survivors.toml. Exits with 1 where one has none, or where a
listed one is gone. `--record` writes the counts into docs/mutation.md; `--again` tries only what survived the last run,
after tests were added; `--judge` compares the last run's verdicts without running anything again.
"""

import argparse
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
SURVIVORS = ROOT / "tests" / "mutation" / "survivors.toml"
TABLE = ROOT / "docs" / "mutation.md"
ROW = re.compile(r"^\| `(?P<module>[a-z_.]+)` \|.*\n", re.MULTILINE)


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
    """What became of a module's mutants: how many there are, and those that no test noticed."""

    module: str
    mutants: int
    timed_out: int
    survivors: frozenset[Mutant]
    survived: int


def main(arguments: list[str] | None = None) -> int:
    chosen = _arguments(arguments)
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
    return f"| `{verdicts.module}` | {verdicts.mutants} | {killed} | {verdicts.timed_out} | {verdicts.survived} |\n"


def with_rows(page: str, verdicts: Iterable[Verdicts]) -> str:
    """The page with the rows of these modules put in or brought up to date, in the order of their names."""
    rows = {found["module"]: found[0] for found in ROW.finditer(page)} | {one.module: row_of(one) for one in verdicts}
    head, rule, rest = page.partition("|---|---:|---:|---:|---:|\n")
    return head + rule + "".join(rows[module] for module in sorted(rows)) + ROW.sub("", rest)


def _verdicts(module: str) -> Verdicts:
    told = json.loads((ROOT / "mutants" / f"{module}.json").read_text())
    survivors = [Mutant(module, *texts) for texts in told["survivors"]]
    return Verdicts(module, told["mutants"], told["timed_out"], frozenset(survivors), len(survivors))


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("modules", nargs="*", help="for instance statistics.funnel; all that are done when left out")
    parser.add_argument("--again", action="store_true", help="try the last run's survivors only")
    parser.add_argument("--judge", action="store_true", help="compare the last run's verdicts only")
    parser.add_argument("--record", action="store_true", help="write the counts into docs/mutation.md")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
