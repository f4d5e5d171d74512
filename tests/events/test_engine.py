"""Which engine a setting means, and what is said where it cannot be had."""

import sys

import pytest

from appraise.errors import InvalidInput
from appraise.events.engine import scoring_engine
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
