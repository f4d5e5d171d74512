"""Ids as `basenc --base64url` writes them, without its padding."""

import pytest

from appraise.domain.global_ids import Kind, encoded


@pytest.mark.parametrize(
    ("kind", "key", "text"),
    [
        pytest.param(Kind.EMPLOYEE, "7", "RW1wbG95ZWU6Nw", id="padded by two"),
        pytest.param(
            Kind.SECTION, ">>?", "U2VjdGlvbjo-Pj8", id="padded by one, a character that has no place in an address"
        ),
        pytest.param(Kind.CYCLE, "ABW", "Q3ljbGU6QUJX", id="not padded"),
        pytest.param(Kind.CYCLE, "ž?>", "Q3ljbGU6xb4_Pg", id="not ASCII"),
    ],
)
def test_an_id_is_its_kind_and_key_in_base64_for_addresses(kind: Kind, key: str, text: str) -> None:
    assert encoded(kind, key) == text
