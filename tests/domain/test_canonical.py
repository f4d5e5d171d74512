"""Documents as one text, and hashes of texts."""

import math

import pytest

from appraise.domain.canonical import canonical, sha256


def test_keys_are_sorted_without_blanks_and_letters_stay_as_they_are() -> None:
    assert canonical({"b": [1, None], "a": "Łęcka"}) == '{"a":"Łęcka","b":[1,null]}'


def test_what_is_no_number_is_not_written() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical({"share": math.nan})


def test_a_hash_is_that_of_the_standard() -> None:
    """FIPS 180-2, appendix B.1."""
    assert sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
