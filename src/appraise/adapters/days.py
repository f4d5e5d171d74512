"""Days as HRIS exports write them, and the days by which they mean that there is none."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from appraise.adapters.columns import nearest
from appraise.errors import InvalidInput

ABSENT_DAYS = frozenset({date(9999, 12, 31), date(4712, 12, 31), date(2099, 12, 31), date(1900, 1, 1)})
_ZEROS = re.compile(r"[0\W]*[ T]?[0:.Z+]*")
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d.*)|Z|[+-]\d\d:\d\d)?")
_IN_UTC = re.compile(r"(?:Z|[+-]00:?00)$")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d\d?)[/.](\d\d?)")
_YEAR_LAST = re.compile(r"(\d\d?)([/.-])(\d\d?)\2(\d{4})")
_WITH_MONTH = ("%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%d-%B-%Y", "%b %d, %Y", "%B %d, %Y")
_SHIFTED_MINUTES = frozenset({0, 15, 30, 45})  # time zones are quarters of an hour away from UTC


def read_day(text: str, date_format: str | None, time_zone: str | None = None) -> date | None:
    """The day that `text` writes; None for a blank or a sentinel.

    Read by the declared strptime format, or where `text` can mean one day only: ISO 8601, the year first, a named
    month, dots (which no locale of CLDR 48 writes behind the month), or a number above 12. An offset behind the time
    does not move the day: a start of work on the 1st is the 1st everywhere. A time in UTC is taken to `time_zone`
    where one is declared; undeclared, any but midnight is refused, because it may be another day there.
    Raises `ValueError` with a readable sentence for anything else.
    """
    text = text.strip()
    if not text or _ZEROS.fullmatch(text):
        return None
    day = None if date_format is None else _by(text, date_format)
    if day is None and (date_format is None or not date_format.startswith("%Y-%d")):
        day = _iso(text, time_zone)
    if day is None and date_format is None:
        day = _certain(text)
    if day is None:
        message = f"not a day in the format {date_format or 'YYYY-MM-DD'}"
        raise ValueError(message)
    return None if day in ABSENT_DAYS else day


def _by(text: str, date_format: str) -> date | None:
    try:
        return datetime.strptime(text, date_format).date()  # noqa: DTZ007  # a day has no zone
    except ValueError:
        return None


def _iso(text: str, time_zone: str | None) -> date | None:
    match = _ISO.fullmatch(text)
    try:
        day = date.fromisoformat(match[1] if match else text)
    except ValueError:
        return None
    if match is None or match[2] is None or not _IN_UTC.search(match[2]):
        return day
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return None
    if moment.hour == moment.minute == moment.second == 0:
        return day
    if time_zone is not None:
        return moment.astimezone(ZoneInfo(time_zone)).date()
    is_shifted = moment.second == moment.microsecond == 0 and moment.minute in _SHIFTED_MINUTES
    another = "midnight of the next day" if is_shifted else "another day"
    message = f"{moment:%H:%M} in UTC may be {another} elsewhere; declare the time zone"
    raise ValueError(message)


def _certain(text: str) -> date | None:
    """The day of a text that can be read in one way only. Raises `ValueError` where there are two."""
    written = text.partition(" ")[0] if re.search(r"\d \d\d:\d\d", text) else text
    if match := _YEAR_FIRST.fullmatch(written):
        readings = _days((int(match[1]), int(match[2]), int(match[3])))
    elif match := _YEAR_LAST.fullmatch(written):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        day_first, month_first = (year, second, first), (year, first, second)
        readings = _days(day_first) if match[2] == "." else _days(day_first, month_first)
        if len(readings) > 1:
            earlier, later = sorted(readings)
            orders = f"%m{match[2]}%d{match[2]}%Y or %d{match[2]}%m{match[2]}%Y"
            message = (
                f"not a day in the format YYYY-MM-DD: may be {earlier} or {later}; declare the date format ({orders})"
            )
            raise ValueError(message)
    else:
        readings = {day for form in _WITH_MONTH if (day := _by(written, form)) is not None}
    return readings.pop() if readings else None


def _days(*readings: tuple[int, int, int]) -> set[date]:
    found = set()
    for year, month, day in readings:
        try:
            found.add(date(year, month, day))
        except ValueError:
            continue
    return found


def check_time_zone(name: str) -> str:
    """`name` where it is an IANA time zone. Raises `InvalidInput` otherwise."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        close = nearest(name, available_timezones())
        raise InvalidInput(
            f"there is no time zone named {name!r}",
            expected="an IANA name such as Europe/Berlin",
            hint=f"did you mean {close}?" if close else None,
        ) from error
    return name


def require_time_zone(name: str | None, *, because: str) -> str:
    """The declared time zone. Raises `InvalidInput` where none is declared: guessing would move midnights."""
    if name is None:
        raise InvalidInput(
            f"the time zone is not declared: {because}",
            expected="an IANA name such as Europe/Berlin",
            hint="pass the account's time zone with the import",
        )
    return check_time_zone(name)
