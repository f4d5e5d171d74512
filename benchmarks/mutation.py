"""Would a test notice if this line were wrong? Mutation testing of `appraise.statistics` and `appraise.domain`.

    python benchmarks/mutation.py statistics.funnel domain.periods    these modules
    python benchmarks/mutation.py                                     every module with a row in docs/mutation.md

mutmut changes one expression at a time and runs the tests that reach the changed function, one process at a time.
A change that no test notices is a survivor. Each needs a written reason in tests/mutation/survivors.toml. Exits with 1
where one has none, or where a listed one is gone. `--record` writes the counts into docs/mutation.md;
`--judge` compares the last run's verdicts without running anything again.
"""

import argparse
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code
from mutmut.utils.format_utils import orig_function_and_class_names_from_key

ROOT = Path(__file__).parent.parent
SURVIVORS = ROOT / "tests" / "mutation" / "survivors.toml"
TABLE = ROOT / "docs" / "mutation.md"
ROW = re.compile(r"^\| `(?P<module>[a-z_.]+)` \|.*\n", re.MULTILINE)
UNNOTICED = {"survived", "no tests"}
UNFINISHED = {"not checked", "check was interrupted by user", "skipped", "suspicious"}


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
    unfinished: int
    timed_out: int
    survivors: frozenset[Mutant]
    survived: int


def main(arguments: list[str] | None = None) -> int:
    chosen = _arguments(arguments)
    modules = chosen.modules or [row["module"] for row in ROW.finditer(TABLE.read_text())]
    if not chosen.judge:
        command = [str(Path(sys.executable).with_name("mutmut")), "run", "--max-children", "1"]
        subprocess.run([*command, *(f"appraise.{module}.*" for module in modules)], cwd=ROOT, check=True)
    reasons = read_reasons(tomllib.loads(SURVIVORS.read_text()))
    verdicts = [_verdicts(module) for module in modules]
    for one in verdicts:
        print(row_of(one), end="")
    complaints = [complaint for one in verdicts for complaint in complaints_about(one, reasons)]
    print(*complaints, sep="\n")
    if chosen.record and not complaints:
        TABLE.write_text(with_rows(TABLE.read_text(), verdicts))
    return 1 if complaints else 0


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
    """What keeps a module from being done: survivors without a reason, reasons without a survivor, no verdict."""
    explained = {mutant for mutant, reason in reasons.items() if mutant.module == verdicts.module and reason}
    complaints = [f"survives without a reason: {mutant}" for mutant in sorted(verdicts.survivors - explained)]
    complaints += [f"listed, but does not survive: {mutant}" for mutant in sorted(explained - verdicts.survivors)]
    if verdicts.unfinished:
        complaints.append(f"{verdicts.module}: {verdicts.unfinished} mutants have no verdict; run it again")
    return complaints


def row_of(verdicts: Verdicts) -> str:
    killed = verdicts.mutants - verdicts.survived - verdicts.timed_out - verdicts.unfinished
    return f"| `{verdicts.module}` | {verdicts.mutants} | {killed} | {verdicts.timed_out} | {verdicts.survived} |\n"


def with_rows(page: str, verdicts: Iterable[Verdicts]) -> str:
    """The page with the rows of these modules put in or brought up to date, in the order of their names."""
    rows = {found["module"]: found[0] for found in ROW.finditer(page)} | {one.module: row_of(one) for one in verdicts}
    head, rule, rest = page.partition("|---|---:|---:|---:|---:|\n")
    return head + rule + "".join(rows[module] for module in sorted(rows)) + ROW.sub("", rest)


def _verdicts(module: str) -> Verdicts:
    path = Path("src", "appraise", *module.split(".")).with_suffix(".py")
    data = SourceFileMutationData(path=path)
    data.load()
    status = {name: status_by_exit_code[code] for name, code in data.exit_code_by_key.items()}
    if not status and "def " in path.read_text():
        raise SystemExit(f"there are no mutants of {path}; run it without --judge")
    counts = Counter(status.values())
    unnoticed = [name for name, word in status.items() if word in UNNOTICED]
    return Verdicts(
        module,
        len(status),
        sum(counts[word] for word in UNFINISHED),
        counts["timeout"],
        frozenset(_mutant(module, name, path) for name in unnoticed),
        len(unnoticed),
    )


def _mutant(module: str, name: str, path: Path) -> Mutant:
    function, owner = orig_function_and_class_names_from_key(name)
    lines = get_diff_for_mutant(name, path=path).splitlines()[2:]
    was, becomes = (" ".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+")
    return Mutant(module, f"{owner}.{function}" if owner else function, was, becomes)


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("modules", nargs="*", help="for instance statistics.funnel; all that are done when left out")
    parser.add_argument("--judge", action="store_true", help="compare the last run's verdicts only")
    parser.add_argument("--record", action="store_true", help="write the counts into docs/mutation.md")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
