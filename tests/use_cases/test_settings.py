import pytest

from appraise.errors import InvalidInput
from appraise.settings import Settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MEMORY_LIMIT", "lots"),
        ("MEMORY_LIMIT", "0GB"),
        ("MEMORY_LIMIT", "2"),
        ("REQUEST_TIMEOUT", "0"),
        ("RATE_LIMIT", "10"),
        ("TRUSTED_DOCUMENTS", "none"),
    ],
)
def test_a_setting_that_cannot_be_read_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"APPRAISE_{name}", value)

    with pytest.raises(InvalidInput, match=f"APPRAISE_{name} cannot be read") as refused:
        Settings()
    assert refused.value.expected


@pytest.mark.parametrize("limit", ["2GB", "512MiB", "1.5 gb"])
def test_the_query_engines_units_are_taken(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setenv("APPRAISE_MEMORY_LIMIT", limit)

    assert Settings().memory_limit == limit
