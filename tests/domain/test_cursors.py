"""Cursors as `basenc --base64url` writes the JSON array of the sort key, without its padding."""

import pytest

from appraise.domain.cursors import cursor, position
from appraise.errors import InvalidInput


@pytest.mark.parametrize(
    ("key", "text"),
    [
        pytest.param(("a", "b"), "WyJhIiwgImIiXQ", id='["a", "b"]'),
        pytest.param(("b>?",), "WyJiPj8iXQ", id='["b>?"]'),
        pytest.param(("?>~",), "WyI_Pn4iXQ", id='["?>~"], which has a character for addresses'),
        pytest.param(("abc",), "WyJhYmMiXQ", id="padded by two"),
        pytest.param(("ab",), "WyJhYiJd", id="not padded"),
        pytest.param(("a",), "WyJhIl0", id="padded by one"),
    ],
)
def test_a_cursor_holds_the_sort_key(key: tuple[str, ...], text: str) -> None:
    assert cursor(*key) == text
    assert position(text, len(key)) == key


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("WyJh!!!!IiwgImIiXQ", id="characters that base64 has not"),
        pytest.param("WyJhIiwgImIiX", id="cut off"),
        pytest.param("bm9uZQ", id="no JSON"),
        pytest.param("eyJhIjogImIifQ", id="an object"),
        pytest.param("WyJhIl0", id="one part"),
        pytest.param("WyJhIiwgMV0", id="a number"),
        pytest.param("WzEsICJiIl0", id="a number first"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_was_not_given_out_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        position(text, 2)

    assert str(refusal.value) == (
        "the cursor was not given out by Appraise\n  to do:    use `endCursor` of the page before as it is"
    )
