from pathlib import Path

import pytest

from appraise.adapters.columns import find_column, find_columns, literal, nearest, quoted
from appraise.adapters.discovery import adapter_named, installed_adapters
from appraise.errors import InvalidInput, NotFound


def test_columns_are_found_without_regard_to_case_and_by_the_first_alias() -> None:
    columns = ("Name", "E-MAIL", " Start ", "name")

    assert find_column(columns, "mail", "e-mail") == "E-MAIL"
    assert find_column(columns, "start") == " Start "
    assert find_column(columns, "NAME") == "Name"
    assert find_column(columns, "nothing") is None


def test_a_file_without_the_required_columns_is_refused_with_the_nearest_ones() -> None:
    with pytest.raises(InvalidInput) as refusal:
        find_columns(
            ("Usr_ID", "Colour"),
            {"key": ("USERID",), "status": ("STATUS",), "title": ("TITLE",)},
            required={"key", "status"},
            path=Path("users.csv"),
            title="list of users",
        )

    assert str(refusal.value) == (
        "the file is no list of users: it has no column 'USERID', 'STATUS'\n"
        "  where:    users.csv\n"
        "  expected: the columns 'USERID', 'STATUS'\n"
        "  to do:    'USERID' may be what the file calls 'Usr_ID'"
    )


def test_where_nothing_is_near_the_files_own_columns_are_shown() -> None:
    with pytest.raises(InvalidInput) as refusal:
        find_columns(("apples",), {"key": ("USERID",)}, required={"key"}, path=Path("a.csv"), title="list")

    assert refusal.value.hint == "choose another adapter or export; the file's columns are: apples"


def test_a_name_and_a_text_cannot_leave_their_quotes() -> None:
    assert quoted('a "b"; --') == '"a ""b""; --"'
    assert literal("it's; --") == "'it''s; --'"


def test_the_nearest_name_is_one_that_somebody_may_have_meant() -> None:
    assert nearest("delimeter", ["delimiter", "format"]) == "delimiter"
    assert nearest("zzz", ["delimiter", "format"]) is None


def test_the_adapters_of_the_first_release_are_installed() -> None:
    assert set(installed_adapters()) >= {"csv", "shopify", "stripe", "successfactors", "zendesk"}


def test_an_adapter_that_is_not_installed_is_named_with_the_package_that_brings_it() -> None:
    with pytest.raises(NotFound) as refusal:
        adapter_named("kronos")

    assert refusal.value.hint == "install the package that brings it, e.g. `pip install appraise-kronos`"
