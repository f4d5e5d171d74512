"""What a text becomes; the expected values are worked out by hand from the zones' and currencies' published rules."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import duckdb
import pytest

from appraise.domain.events import COLUMNS, EventKind
from appraise.domain.mapping import EventStage, Parse, Rule
from appraise.errors import Fatal, InvalidInput
from appraise.events.compile import LINK_SECRET, check_rules
from appraise.events.stage import stage_query

Read = Callable[..., object]


@pytest.fixture
def read() -> Read:
    """The value of one canonical column, or the reasons against it."""

    def one(kind: EventKind, column: str, rule: Rule, text: str | None, **others: Rule) -> object:
        connection = duckdb.connect()
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"SET VARIABLE {LINK_SECRET} = $1", [b"key"])
        connection.execute("CREATE TABLE raw AS SELECT 2 AS _row, CAST($1 AS VARCHAR) AS cell", [text])
        rules = {name.name: Rule(constant="1") for name in COLUMNS[kind] if name.required} | others
        rules["occurred_at"] = Rule(Parse.TIMESTAMP, constant="2024-01-01T00:00:00Z")
        rules[column] = rule
        query = stage_query(0, EventStage(kind, rules), at="TIMESTAMPTZ '2025-01-01 00:00:00+00'")
        value, problems = connection.execute(f'SELECT "{column}", _problems FROM ({query})').fetchall()[0]
        return value if problems is None else sorted({problem["reason"] for problem in problems})

    return one


BERLIN = Rule(Parse.TIMESTAMP, column="cell", time_zone="Europe/Berlin")
US = Rule(Parse.TIMESTAMP, column="cell", time_zone="America/New_York", formats=("%m/%d/%Y %H:%M", "%m/%d/%Y"))
UNZONED = Rule(Parse.TIMESTAMP, column="cell")


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        (BERLIN, "2024-07-01 12:00:00", datetime(2024, 7, 1, 10, tzinfo=UTC)),
        (BERLIN, "2024-01-15", datetime(2024, 1, 14, 23, tzinfo=UTC)),
        (BERLIN, " 2024-07-01T12:00:00.25 ", datetime(2024, 7, 1, 10, 0, 0, 250000, tzinfo=UTC)),
        (BERLIN, "2024-07-01T12:00:00-07:00", datetime(2024, 7, 1, 19, tzinfo=UTC)),
        (BERLIN, "2024-07-01 12:00:00 +0200", datetime(2024, 7, 1, 10, tzinfo=UTC)),
        (BERLIN, "2024-07-01 12:00:00 -0700", datetime(2024, 7, 1, 19, tzinfo=UTC)),
        (BERLIN, "2024-07-01 12:00:00 UTC", datetime(2024, 7, 1, 12, tzinfo=UTC)),
        (BERLIN, "2024-07-01 12:00+02", datetime(2024, 7, 1, 10, tzinfo=UTC)),
        # as long as a time without an offset
        (BERLIN, "2024-07-01 12:00:0Z", datetime(2024, 7, 1, 12, tzinfo=UTC)),
        # 02:30 did not exist on this night: read with the offset before the change, 01:30 UTC
        (BERLIN, "2024-03-31 02:30:00", datetime(2024, 3, 31, 1, 30, tzinfo=UTC)),
        # 02:30 existed twice: the second one, in winter time
        (BERLIN, "2024-10-27 02:30:00", datetime(2024, 10, 27, 1, 30, tzinfo=UTC)),
        (US, "07/04/2024 09:30", datetime(2024, 7, 4, 13, 30, tzinfo=UTC)),
        (US, "07/04/2024", datetime(2024, 7, 4, 4, tzinfo=UTC)),
        (UNZONED, "2024-07-01T12:00:00Z", datetime(2024, 7, 1, 12, tzinfo=UTC)),
        (BERLIN, "infinity", ["not a time in the expected form"]),
        (BERLIN, "2024-02-30", ["not a time in the expected form"]),
        (BERLIN, "yesterday", ["not a time in the expected form"]),
        (US, "2024-07-04", ["not a time in the expected form"]),
        (US, "13/31/2024", ["not a time in the expected form"]),
        (UNZONED, "2024-07-01 12:00:00", ["a time without offset, and no time zone is declared"]),
        (UNZONED, "noon", ["not a time in the expected form"]),
        (BERLIN, "2025-01-01 02:00", ["in the future"]),
        (BERLIN, "1989-12-31", ["before 1990"]),
        (BERLIN, "", ["a required value is missing"]),
        (BERLIN, None, ["a required value is missing"]),
    ],
)
def test_a_text_becomes_a_time_in_utc(read: Read, rule: Rule, text: str | None, expected: object) -> None:
    assert read(EventKind.CUSTOMERS, "occurred_at", rule, text) == expected


def test_an_offset_among_the_formats_is_heeded_and_does_not_touch_the_others(read: Read) -> None:
    rule = Rule(Parse.TIMESTAMP, column="cell", time_zone="Asia/Tokyo", formats=("%d.%m.%Y %H:%M %z", "%d.%m.%Y %H:%M"))

    assert read(EventKind.CUSTOMERS, "occurred_at", rule, "01.02.2024 10:00 +0200") == datetime(
        2024, 2, 1, 8, tzinfo=UTC
    )
    assert read(EventKind.CUSTOMERS, "occurred_at", rule, "01.02.2024 10:00") == datetime(2024, 2, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "currency", "comma", "expected"),
    [
        ("12.34", "EUR", False, 1234),
        ("12", "eur", False, 1200),
        (".5", "USD", False, 50),
        ("12.3400", "EUR", False, 1234),
        ("1,234,567.89", "USD", False, 123456789),
        ("500", "JPY", False, 500),
        ("1.234", "KWD", False, 1234),
        ("0.0001", "CLF", False, 1),
        ("999999999999.99", "EUR", False, 99999999999999),
        ("12.340000000000001", "EUR", False, 1234),  # what a float leaves behind
        ("12,34", "EUR", True, 1234),
        ("1.234,56", "EUR", True, 123456),
        ("1 234,56", "EUR", True, 123456),
        ("1.234", "EUR", True, 123400),
        ("", "EUR", False, None),
        ("12.345", "EUR", False, ["more decimal places than the currency has"]),
        ("5.5", "JPY", False, ["more decimal places than the currency has"]),
        ("12.50", "EUR", True, ["not an amount of money"]),
        ("12,50", "EUR", False, ["not an amount of money"]),
        ("1,23,456", "EUR", False, ["not an amount of money"]),
        ("€12", "EUR", False, ["not an amount of money"]),
        ("1e3", "EUR", False, ["not an amount of money"]),
        ("1_000", "EUR", False, ["not an amount of money"]),
        ("NaN", "EUR", False, ["not an amount of money"]),
        ("9999999999999", "EUR", False, ["not an amount of money"]),
        ("12", "XYZ", False, ["not a currency of ISO 4217"]),
        ("12", "", False, ["an amount without currency"]),
    ],
)
def test_an_amount_becomes_minor_units_of_its_currency(
    read: Read, text: str, currency: str, comma: bool, expected: object
) -> None:
    rule = Rule(Parse.MONEY, column="cell", decimal_comma=comma)

    assert read(EventKind.SUBSCRIPTIONS, "amount", rule, text, currency=Rule(constant=currency)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("4", Decimal("4.000000")), ("-103", ["outside the scale of the rating"]), ("five", ["not a number"])],
)
def test_a_score_is_a_number_on_its_scale(read: Read, text: str, expected: object) -> None:
    rule = Rule(Parse.DECIMAL, column="cell")
    low, high = Rule(Parse.DECIMAL, constant="1"), Rule(Parse.DECIMAL, constant="5")

    assert read(EventKind.RATINGS, "score", rule, text, score_low=low, score_high=high) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("yes", True), ("FALSE", False), ("", None), ("2", ["not true or false"])]
)
def test_a_text_becomes_true_or_false(read: Read, text: str, expected: object) -> None:
    assert read(EventKind.CONTACTS, "transferred", Rule(Parse.BOOLEAN, column="cell"), text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Closed", "resolved"),
        ("n/a", None),
        ("", None),
        ("closed", ["the mapping does not know this word"]),
        ("Odd", ["not one of the words allowed"]),
    ],
)
def test_words_are_translated_or_refused(read: Read, text: str, expected: object) -> None:
    rule = Rule(column="cell", words={"Closed": "resolved", "n/a": "", "Odd": "strange"})

    assert read(EventKind.CONTACTS, "outcome", rule, text) == expected


def test_a_link_key_is_the_hash_of_secret_and_address_whatever_its_case(read: Read) -> None:
    # printf 'keyanna@example.org' | sha256sum
    expected = "639403cf56b7ae5a4c04492ea86bd4b72415c50de42541782b665112e53e5c64"

    assert read(EventKind.CUSTOMERS, "link_key", Rule(Parse.LINK, column="cell"), " Anna@Example.org ") == expected


def test_what_is_no_address_links_nobody(read: Read) -> None:
    assert read(EventKind.CUSTOMERS, "link_key", Rule(Parse.LINK, column="cell"), "unknown") is None


def test_all_blanks_around_a_text_go(read: Read) -> None:
    assert read(EventKind.CUSTOMERS, "region", Rule(column="cell"), "\u00a0\t Süd West\r\n") == "Süd West"


def test_a_rating_without_a_scale_is_refused_before_a_row_is_read() -> None:
    rules = {name: Rule(constant="1") for name in ("event_id", "customer_key")}
    rules["occurred_at"] = BERLIN

    with pytest.raises(InvalidInput, match="says nothing for 'scale' of ratings"):
        check_rules(EventStage(EventKind.RATINGS, rules))


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        (Rule(Parse.TEXT, column="cell"), "reads 'occurred_at' as text, but it is timestamp"),
        (Rule(Parse.TIMESTAMP, column="cell", constant="x"), "exactly one of column, sql and constant"),
    ],
)
def test_a_rule_that_cannot_work_is_the_adapters_fault(rule: Rule, error: str) -> None:
    with pytest.raises(Fatal, match=error):
        check_rules(EventStage(EventKind.CUSTOMERS, {"occurred_at": rule}))


def test_an_unknown_time_zone_is_refused() -> None:
    rule = Rule(Parse.TIMESTAMP, column="cell", time_zone="Europe/Bonn")

    with pytest.raises(InvalidInput, match="There is no time zone 'Europe/Bonn'"):
        check_rules(EventStage(EventKind.CUSTOMERS, {"occurred_at": rule}))
