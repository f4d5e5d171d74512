"""Walkthrough pages: the commands in their console blocks, run as they stand, and what the pages say they print."""

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[2]
PAGES = PROJECT / "docs" / "walkthroughs"
ANYTHING = "…"


@dataclass(frozen=True, slots=True)
class Step:
    """A command and the output that the page shows; `…` stands for any text in a line, alone for any lines."""

    command: str
    shown: str


@dataclass(frozen=True, slots=True)
class Walked:
    """A page whose commands were run one after the other with their data in `data`."""

    data: Path
    outputs: tuple[tuple[Step, int, str], ...]
    seconds: float

    def differences(self) -> list[str]:
        return [
            f"$ {step.command}\nthe page shows:\n{step.shown}\nexit code {code}, printed:\n{output}"
            for step, code, output in self.outputs
            if code != 0 or not re.fullmatch(_pattern(step.shown), output)
        ]


def steps(page: Path) -> list[Step]:
    """Of the ```console blocks: lines that start with `$ `, continued after a backslash, each with what follows."""
    found: list[Step] = []
    for block in re.findall(r"^```console\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        for piece in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, shown = re.fullmatch(r"((?:.*\\\n)*.*\n?)((?:.*\n?)*)", piece).groups()  # type: ignore[union-attr]
            found.append(Step(command.strip(), _tidy(shown)))
    return found


def walk(page: Path, directory: Path) -> Walked:
    data = directory / "data"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("APPRAISE_")},
        "APPRAISE_DATA": str(data),
        "SAMPLES": "../shared/samples",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "80",
        # Every command is a process of its own: without compiled modules each would compile the libraries anew.
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(directory.parent / "compiled"),
    }
    start = time.monotonic()
    outputs = []
    for step in steps(page):
        done = subprocess.run(
            ["bash", "-c", step.command],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=300,
        )
        outputs.append((step, done.returncode, _tidy(done.stdout)))
    return Walked(data, tuple(outputs), time.monotonic() - start)


def _pattern(shown: str) -> str:
    lines = (
        r"(?:.*\n)*" if line == ANYTHING else re.escape(line).replace(ANYTHING, ".*") + "\n"
        for line in shown.splitlines()
    )
    return "".join(lines)


def _tidy(text: str) -> str:
    """Without blanks at line ends, blank lines around and the width that is left to rules."""
    lines = [re.sub("─{3,}$", "───", line.rstrip()) for line in text.splitlines()]
    return "".join(line + "\n" for line in "\n".join(lines).strip("\n").splitlines())
