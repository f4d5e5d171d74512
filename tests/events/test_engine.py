"""Which engine a setting means, and what is said where it cannot be had."""

import gc
import sys
from pathlib import Path

import pytest

from appraise.errors import InvalidInput
from appraise.events.engine import open_engine, plain_engine, scoring_engine
from appraise.settings import Settings


@pytest.mark.parametrize("location", ["spark", "spark://", "http://host:7077", "duckdb://x", "local[]", "sc://a b"])
def test_an_address_of_no_engine_is_refused_when_the_settings_are_read(location: str) -> None:
    with pytest.raises(InvalidInput, match="APPRAISE_ENGINE"):
        Settings(engine=location)


@pytest.mark.parametrize("location", ["duckdb", "local[2]", "local[*]", "spark://a:7077", "sc://a:15002/;use_ssl=true"])
def test_addresses_of_engines_are_taken(location: str) -> None:
    assert Settings(engine=location).engine == location


def test_spark_without_pyspark_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "appraise.events.spark_engine", None)

    with pytest.raises(InvalidInput, match="PySpark is not installed") as refused:
        scoring_engine("spark://nowhere:7077")
    assert "appraise[spark]" in str(refused.value.hint)


def test_what_does_not_fit_lies_in_a_private_directory_that_goes_with_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sort of 12 million numbers in 64 MB has to be spilled."""
    monkeypatch.chdir(tmp_path)
    engine = open_engine(memory_limit="64MB", threads=1)
    (spill,) = map(Path, engine.raw_sql("SELECT current_setting('temp_directory')").fetchone())
    engine.raw_sql("CREATE TABLE sorted AS SELECT hash(range) AS number FROM range(12_000_000) ORDER BY number")

    assert [path.suffix for path in spill.iterdir()]
    assert spill.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == []
    engine.disconnect()
    del engine
    gc.collect()
    assert not spill.exists()


@pytest.mark.parametrize("below", [False, True])
def test_the_plain_engine_spills_into_a_private_directory_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, below: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with plain_engine(scratch if below else None) as engine:
        engine.execute("SET memory_limit = '8MB'; SET threads = 1; SET preserve_insertion_order = false")
        engine.execute("CREATE TABLE sorted AS SELECT hash(range) AS number FROM range(2_000_000) ORDER BY number")
        (spill,) = map(Path, engine.execute("SELECT current_setting('temp_directory')").fetchone() or ())
        assert [path.suffix for path in spill.iterdir()]
        assert spill.stat().st_mode & 0o077 == 0
        assert (spill.parent == scratch) is below

    assert not spill.exists()
    assert list(tmp_path.iterdir()) == [scratch]
