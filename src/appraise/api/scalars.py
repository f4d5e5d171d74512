"""Scalars as they travel: exact decimals and times as text, never as binary floats."""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

import strawberry
from strawberry.types.scalar import ScalarDefinition


def decimal_text(value: Decimal) -> str:
    return f"{value:f}"


def _decimal(text: object) -> Decimal:
    if not isinstance(text, str):
        message = "a Decimal is written as text, e.g. "
        raise ValueError(f'{message}"81.30"')  # noqa: TRY004  # graphql-core reports ValueError as a coercion error
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        message = f"{text!r} is not a decimal number"
        raise ValueError(message) from error
    if not value.is_finite():
        message = f"{text!r} is not a finite number"
        raise ValueError(message)
    return value


def _instant(text: object) -> datetime:
    wanted = "a DateTime has its offset, e.g. 2026-03-31T08:15:00Z"
    if not isinstance(text, str):
        raise ValueError(wanted)  # noqa: TRY004  # as above
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(wanted)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        message = f"{text} is outside the years 1 to 9999 of UTC"
        raise ValueError(message) from error


def instant_text(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


SCALARS: dict[object, ScalarDefinition] = {
    Decimal: strawberry.scalar(
        name="Decimal",
        description='An exact decimal number as text with a point, e.g. "81.30"; never a binary float.',
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259#section-7",
        serialize=decimal_text,
        parse_value=_decimal,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A calendar day as in ISO 8601, e.g. 2026-03-31.",
        specified_by_url="https://scalars.graphql.org/andimarek/local-date.html",
        serialize=date.isoformat,
        parse_value=date.fromisoformat,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="A moment in UTC as in RFC 3339, e.g. 2026-03-31T08:15:00Z.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time.html",
        serialize=instant_text,
        parse_value=_instant,
    ),
}
