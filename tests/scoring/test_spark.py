"""The same organisation scored on DuckDB and then again on Apache Spark."""

import json
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

LAST_DIGIT = Decimal("0.000001")
ABSENT = [
    what
    for what, there in (("Java", shutil.which("java")), ("PySpark (the extra `spark`)", find_spec("pyspark")))
    if not there
]
pytestmark = [pytest.mark.long, pytest.mark.skipif(bool(ABSENT), reason=f"not installed: {', '.join(ABSENT)}")]


def appraise(data: Path, *command: str, engine: str = "duckdb") -> str:
    given = {"APPRAISE_DATA": str(data), "APPRAISE_ENGINE": engine, "SPARK_LOCAL_IP": "127.0.0.1", "NO_COLOR": "1"}
    run = subprocess.run(
        [sys.executable, "-m", "appraise", *command],
        check=False,
        env={**os.environ, **given},
        capture_output=True,
        text=True,
    )
    assert run.returncode in {0, 1}, run.stderr
    return run.stdout


def test_spark_gives_the_figures_that_duckdb_gave(tmp_path: Path) -> None:
    """All six indicators; stored figures have six decimals, the last of which may be rounded the other way."""
    from scale.company import CYCLE, generate

    generate(tmp_path, 0.001)
    appraise(tmp_path, "score", CYCLE, "--policy", str(tmp_path / "policy.toml"))
    told = json.loads(appraise(tmp_path, "score", "--again", CYCLE, "--json", engine="local[2]"))["again"]
    software = next(one for one in told["inputs"] if one["name"] == "software")

    assert "pyspark not recorded, now" in software["says"]
    assert told["figures"] > 2_000
    assert [
        one for one in told["differences"] if abs(Decimal(one["stored"]) - Decimal(one["computed"])) > LAST_DIGIT
    ] == []
    assert len(told["differences"]) < told["figures"] / 200
