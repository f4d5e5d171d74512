from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraise.adapters.days import ABSENT_DAYS, check_time_zone, read_day, require_time_zone
from appraise.errors import InvalidInput

FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%Y%m%d", "%d %b %Y")


@pytest.mark.parametrize(
    ("text", "date_format", "day"),
    [
        ("2017-01-01", None, date(2017, 1, 1)),
        (" 2017-01-01 ", None, date(2017, 1, 1)),
        ("2017-01-01T00:00:00", None, date(2017, 1, 1)),
        ("2017-01-01 23:30:00-11:00", None, date(2017, 1, 1)),
        ("2017-01-01T00:53:28+00:53", None, date(2017, 1, 1)),
        ("2017-01-01-08:00", None, date(2017, 1, 1)),
        ("31/12/9999", "%d/%m/%Y", None),
        ("4712/12/31", "%Y/%m/%d", None),
        ("00/00/0000", "%d/%m/%Y", None),
        ("0000-00-00T00:00:00Z", None, None),
        ("", "%d/%m/%Y", None),
        ("2017-01-13", "%d/%m/%Y", date(2017, 1, 13)),
        ("25/12/2020", None, date(2020, 12, 25)),
        ("12-31-2020", None, date(2020, 12, 31)),
        ("05/05/2020", None, date(2020, 5, 5)),
        ("14.08.2019", None, date(2019, 8, 14)),
        ("03.04.2020", None, date(2020, 4, 3)),
        ("2010/05/01", None, date(2010, 5, 1)),
        ("August 14, 2019", None, date(2019, 8, 14)),
        ("14-Aug-2019", None, date(2019, 8, 14)),
        ("25/12/2020 00:00", None, date(2020, 12, 25)),
        ("2019-03-29T00:00:00.000Z", None, date(2019, 3, 29)),
    ],
)
def test_a_day_is_the_written_one_and_a_sentinel_is_none(text: str, date_format: str | None, day: date | None) -> None:
    assert read_day(text, date_format) == day


@pytest.mark.parametrize(
    "text", ["01/02/2017", "2017-02-29", "2017-1-1", "yesterday", "10000-01-01", "5480.0", "01/02/03", "13.13.2020"]
)
def test_what_is_no_day_or_may_be_two_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a day in the format YYYY-MM-DD"):
        read_day(text, None)


def test_a_day_that_may_be_two_is_refused_with_both() -> None:
    with pytest.raises(ValueError, match=r"may be 2020-03-04 or 2020-04-03; declare .* \(%m-%d-%Y or %d-%m-%Y\)"):
        read_day("03-04-2020", None)


def test_a_midnight_told_in_utc_is_the_next_day_where_the_zone_is_declared_and_refused_where_not() -> None:
    assert read_day("2019-12-31T23:00:00Z", None, "Europe/Berlin") == date(2020, 1, 1)
    assert read_day("2020-01-01T05:00:00.000+0000", None, "America/New_York") == date(2020, 1, 1)
    with pytest.raises(ValueError, match="23:00 in UTC may be midnight of the next day elsewhere"):
        read_day("2019-12-31T23:00:00Z", None)


def test_an_instant_in_utc_is_the_day_of_the_declared_zone_and_refused_where_none_is() -> None:
    assert read_day("2019-03-29T12:07:39.730Z", None, "Pacific/Auckland") == date(2019, 3, 30)
    assert read_day("2019-03-29T12:07:39.730Z", None, "Europe/Berlin") == date(2019, 3, 29)
    with pytest.raises(ValueError, match="12:07 in UTC may be another day elsewhere; declare the time zone"):
        read_day("2019-03-29T12:07:39.730Z", None)


@given(st.dates(min_value=date(1900, 1, 2)).filter(lambda day: day not in ABSENT_DAYS), st.sampled_from(FORMATS))
def test_a_day_written_in_a_format_is_read_by_it(day: date, date_format: str) -> None:
    assert read_day(day.strftime(date_format), date_format) == day


def test_a_misspelt_time_zone_is_refused_with_the_right_one() -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_time_zone("Europe/Berln")

    assert refusal.value.hint == "did you mean Europe/Berlin?"


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "UTC+1", "/etc/localtime"])
def test_a_name_that_is_a_path_or_an_offset_is_no_time_zone(name: str) -> None:
    with pytest.raises(InvalidInput, match="there is no time zone"):
        check_time_zone(name)


def test_a_time_zone_that_is_needed_is_asked_for_with_the_reason() -> None:
    with pytest.raises(InvalidInput, match="the time zone is not declared: the file has none"):
        require_time_zone(None, because="the file has none")
