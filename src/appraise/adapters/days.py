"""Days as HRIS exports write them, and the days by which they mean that there is none."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from appraise.adapters.columns import nearest
from appraise.errors import InvalidInput

ABSENT_DAYS = frozenset({date(9999, 12, 31), date(4712, 12, 31), date(2099, 12, 31), date(1900, 1, 1)})
_ZEROS = re.compile(r"[0\W]*[ T]?[0:.Z+]*")
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ]\d\d:\d\d.*)?")


def read_day(text: str, date_format: str | None) -> date | None:
    """The day that `text` writes, by a strptime format or ISO 8601; None for a blank or a sentinel.

    An offset behind the time does not move the day: a start of work on the 1st is the 1st everywhere.
    Raises `ValueError` with a readable sentence for anything else.
    """
    text = text.strip()
    if not text or _ZEROS.fullmatch(text):
        return None
    try:
        if date_format is not None:
            day = datetime.strptime(text, date_format).date()  # noqa: DTZ007  # a day has no zone
        else:
            match = _ISO.fullmatch(text)
            day = date.fromisoformat(match[1] if match else text)
    except ValueError as error:
        message = f"not a day in the format {date_format or 'YYYY-MM-DD'}"
        raise ValueError(message) from error
    return None if day in ABSENT_DAYS else day


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
