"""The scorecard that greets a reader is the one that the demo prints."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.long
def test_the_readme_shows_what_the_demo_prints(tmp_path: Path) -> None:
    shown = (ROOT / "README.md").read_text(encoding="utf-8").split("```text\n")[1].split("```")[0]
    command = [Path(sys.executable).with_name("appraise"), "demo", "--no-serve", "--data", tmp_path / "demo"]

    printed = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, timeout=600).stdout

    assert shown in printed
