"""Which changes of a module does no test notice? One pytest session, and a fork of it for every changed expression.

    python benchmarks/mutants.py statistics.funnel
    python benchmarks/mutants.py statistics.funnel --again    those only that survived the last run

mutmut writes the module with all its mutants side by side; a name in the environment says which one is called. The
tests run once unchanged, which tells how long each takes and which functions it reaches. A mutant is then tried by the
tests that reach its function until one fails; first come the quick ones, and those that noticed most of the function's
other mutants. `mutation.py` reads the verdicts.
"""

import gc
import json
import os
import resource
import shutil
import sys
import time
from collections import Counter, defaultdict
from difflib import unified_diff
from itertools import groupby
from pathlib import Path

import libcst as cst
import pytest
from _pytest.runner import runtestprotocol
from mutmut.mutation.diff_apply import read_mutant_function, read_original_function
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.state import state
from mutmut.utils.format_utils import mangled_name_from_mutant_name, orig_function_and_class_names_from_key

ROOT = Path(__file__).parent.parent
VERDICTS = ROOT / "mutants"
PATIENCE = 3.0  # a mutant whose tests take that many times as long, and SECONDS of CPU time more, does not end
SECONDS = 10.0
CHOSEN = "MUTANT_UNDER_TEST"


def main(module: str, *, again: bool = False) -> int:
    package, name = module.split(".")
    place, told = VERDICTS / module, VERDICTS / f"{module}.json"
    path = _copied(package, place) / package / f"{name}.py"
    source = path.read_text()
    known = _known(told, source) if again else {}
    os.chdir(place)  # mutmut reads its settings here
    mutated = mutate_file_contents(str(path), source)
    path.write_text(mutated.code)
    tests = place / "tests" / package
    own = sorted([*tests.glob(f"test_{name}.py"), *tests.glob(f"test_{name}_*.py")]) or [tests]
    names = [f"appraise.{module}.{mutant}" for mutant in mutated.mutant_names]
    trial = Trial([mutant for mutant in names if known.get(mutant, "survived") == "survived"])
    os.environ[CHOSEN] = "stats"
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # threads do not survive a fork
    sys.path.insert(0, str(place / "src"))
    settings = ["-q", "-s", "--tb=native", "-p", "no:cacheprovider", "-m", "not simulation"]
    code = pytest.main([*settings, *map(str, own)], plugins=[trial])
    if code:
        return int(code)
    verdicts = known | trial.verdicts
    told.write_text(json.dumps({"source": source, "verdicts": verdicts, **_told(verdicts, mutated.code)}))
    return 0


def _known(told: Path, source: str) -> dict[str, str]:
    """The verdicts of the last run, as long as it was of this text: more tests notice no less."""
    last = json.loads(told.read_text())
    if last["source"] != source:
        raise SystemExit(f"{told.stem} has changed since its last run: run it whole, without --again")
    verdicts: dict[str, str] = last["verdicts"]
    return verdicts


class Trial:
    """A plugin of pytest that runs the collected tests against one mutant after the other."""

    def __init__(self, mutants: list[str]) -> None:
        self.mutants = mutants
        self.verdicts: dict[str, str] = {}

    def pytest_configure(self) -> None:
        """Their conftest, which brings databases, stays out; of it they need the profile. Shrinking takes minutes."""
        from hypothesis import Phase, settings

        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("mutation", deadline=None, derandomize=True, phases=phases)
        settings.load_profile("mutation")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        reached = state()._stats  # noqa: SLF001  # the functions called since it was cleared
        reaching: dict[str, list[pytest.Item]] = defaultdict(list)
        seconds: dict[pytest.Item, float] = {}
        for item, following in zip(session.items, [*session.items[1:], None], strict=True):
            reached.clear()
            began = time.process_time()
            if any(report.failed for report in runtestprotocol(item, log=True, nextitem=following)):
                raise pytest.UsageError(f"{item.nodeid} fails unchanged")
            seconds[item] = time.process_time() - began
            for function in set(reached):
                reaching[function].append(item)
        gc.freeze()  # or each fork copies what its first collection touches
        for function, mutants in groupby(self.mutants, mangled_name_from_mutant_name):
            tests, noticed = reaching[function], Counter[pytest.Item]()
            for mutant in mutants:
                tests.sort(key=lambda test: seconds[test] / (1 + noticed[test]))
                code = _exit_code(mutant, tests, int(PATIENCE * sum(seconds[test] for test in tests) + SECONDS))
                self.verdicts[mutant] = "survived" if code == 0 else "timed out" if code < 0 else "killed"
                noticed.update(tests[code - 1 : code] if code > 0 else [])
                print({"survived": "S", "timed out": "T", "killed": "."}[self.verdicts[mutant]], end="", flush=True)
        return True


def _exit_code(mutant: str, tests: list[pytest.Item], patience: int) -> int:
    """That of the fork which tries the mutant, negative where it was stopped."""
    child = os.fork()
    if child == 0:
        _run(mutant, tests, patience)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _run(mutant: str, tests: list[pytest.Item], patience: int) -> None:
    """In the fork: leaves with the number, from 1, of the first test that fails, else with 0; never returns."""
    os.environ[CHOSEN] = mutant
    number = 0
    resource.setrlimit(resource.RLIMIT_CPU, (patience, patience + 1))
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    try:
        for number, test in enumerate(tests, start=1):
            following = tests[number] if number < len(tests) else None
            if any(report.failed for report in runtestprotocol(test, log=False, nextitem=following)):
                os._exit(min(number, 255))
    except BaseException:  # noqa: BLE001  # whatever it is, it was noticed
        os._exit(min(number, 255))
    os._exit(0)


def _copied(package: str, place: Path) -> Path:
    """A copy of the source and of the package's tests, the rest by reference; gives the copied package."""
    shutil.rmtree(place, ignore_errors=True)
    leave = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src" / "appraise", place / "src" / "appraise", ignore=leave)
    shutil.copytree(ROOT / "tests" / package, place / "tests" / package, ignore=leave)
    shutil.copy(ROOT / "pyproject.toml", place)
    for folder in ("docs", "schema"):
        (place / folder).symlink_to(ROOT / folder)
    return place / "src" / "appraise"


def _told(verdicts: dict[str, str], code: str) -> dict[str, object]:
    """The verdicts as `mutation.py` reads them, survivors by what they change."""
    module, survivors = cst.parse_module(code), []
    for mutant in (name for name, verdict in verdicts.items() if verdict == "survived"):
        function, owner = orig_function_and_class_names_from_key(mutant)
        both = (read_original_function(module, mutant), read_mutant_function(module, mutant))
        texts = (cst.Module([one]).code.strip().split("\n") for one in both)
        lines = list(unified_diff(*texts, lineterm=""))[2:]
        was, becomes = (" ".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+")
        survivors.append([f"{owner}.{function}" if owner else function, was, becomes])
    timed_out = sum(verdict == "timed out" for verdict in verdicts.values())
    return {"mutants": len(verdicts), "timed_out": timed_out, "survivors": survivors}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], again="--again" in sys.argv[2:]))
