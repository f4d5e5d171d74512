"""The same organisation scored on DuckDB and then again on Apache Spark: of its own, of a cluster, and by Connect."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from decimal import Decimal
from importlib.util import find_spec
from math import isclose
from pathlib import Path
from typing import Any

import pytest
from tests.scoring.spark_cluster import cluster, configured, connect_server

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

LAST_DIGIT = Decimal("0.000001")
RELATIVE = 1e-8
"""Of what is not rounded yet; lifetime values differ by up to 3e-9."""
ABSENT = [
    what
    for what, there in (("Java", shutil.which("java")), ("PySpark (the extra `spark`)", find_spec("pyspark")))
    if not there
]
pytestmark = [pytest.mark.long, pytest.mark.skipif(bool(ABSENT), reason=f"not installed: {', '.join(ABSENT)}")]
Served = Callable[[Path, Mapping[str, str]], AbstractContextManager[str]]


def run(*command: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        check=False,
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1", **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode in {0, 1}, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from scale.company import generate

    directory = tmp_path_factory.mktemp("scale")
    generate(directory, 0.001)
    return directory


def test_spark_gives_the_figures_that_duckdb_gave(data: Path, tmp_path: Path) -> None:
    """All six indicators; stored figures have six decimals, the last of which may be rounded the other way."""
    given = {"APPRAISE_DATA": str(data), **configured(tmp_path / "conf")}
    run("-m", "appraise", "score", "2025", "--policy", str(data / "policy.toml"), **given)
    told = json.loads(run("-m", "appraise", "score", "--again", "2025", "--json", APPRAISE_ENGINE="local[2]", **given))
    told = told["again"]
    software = next(one for one in told["inputs"] if one["name"] == "software")

    assert "pyspark not recorded, now" in software["says"]
    assert told["figures"] > 2_000
    assert [
        one for one in told["differences"] if abs(Decimal(one["stored"]) - Decimal(one["computed"])) > LAST_DIGIT
    ] == []
    assert len(told["differences"]) < told["figures"] / 200


@pytest.mark.parametrize("served", [cluster, connect_server])
def test_a_cluster_and_a_connect_server_measure_what_duckdb_measures(
    data: Path, tmp_path: Path, served: Served, record_property: Callable[[str, Any], None]
) -> None:
    """Before anything is rounded: how far everybody is from the average, its variance, and the spread of employees."""
    environment = configured(tmp_path / "conf")
    here = measured(data, "duckdb", environment)
    with served(tmp_path, environment) as address:
        there = measured(data, address, environment)

    assert {key: len(one) for key, one in there.items()} == {key: len(one) for key, one in here.items()}
    for key, (spread, *figures) in here.items():
        others = there[key]
        assert isclose(spread, others[0], rel_tol=RELATIVE)
        # A deviation is the small difference of two figures: near the average it is the spread that tells its size.
        differing = [
            (one, other)
            for one, other in zip(figures, others[1:], strict=True)
            if not isclose(one, other, rel_tol=RELATIVE, abs_tol=RELATIVE * spread)
        ]
        assert differing == []
    compared = sum(map(len, here.values()))
    record_property("figures compared", compared)
    assert compared > 300


def measured(data: Path, engine: str, environment: Mapping[str, str]) -> dict[str, list[float]]:
    told = json.loads(run("benchmarks/scale/measured.py", str(data), engine, **environment))
    found: dict[str, list[float]] = told["figures"]
    return found
