"""The language in which sentences are made: English is the text in the code, others are catalogues of it.

Which one holds is said by whoever answers somebody (`speaking`); outside of that it is English.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Protocol

MONTHS: Final = tuple(
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)


class Speech(Protocol):
    """A language: its catalogue, and how it writes figures and days."""

    @property
    def tag(self) -> str:
        """As of BCP 47, e.g. `de`."""

    def one(self, message: str) -> str: ...

    def many(self, one: str, other: str, count: int) -> str:
        """The form of a message that goes with a count."""

    def marks(self, figure: str) -> str:
        """A figure such as `1,234.5` with the language's own marks, e.g. `1.234,5`."""

    def day(self, day: date) -> str: ...

    def retold(self, sentence: str) -> str:
        """An English sentence that was stored, values and all; itself where no message made it."""


@dataclass(frozen=True, slots=True)
class English:
    """Also what is said where pages speak a language that nobody does."""

    tag: str = "en"

    def one(self, message: str) -> str:
        return message

    def many(self, one: str, other: str, count: int) -> str:
        return one if count == 1 else other

    def marks(self, figure: str) -> str:
        return figure

    def day(self, day: date) -> str:
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"

    def retold(self, sentence: str) -> str:
        return sentence


ENGLISH: Final = English()
_spoken: ContextVar[Speech] = ContextVar("spoken", default=ENGLISH)


def speech() -> Speech:
    """The language that holds now."""
    return _spoken.get()


@contextmanager
def speaking(language: Speech) -> Iterator[None]:
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def say(message: str, /, **values: Any) -> str:
    """A message in the language that holds, with its values in their places."""
    text = speech().one(message)
    return text.format(**values) if values else text


def say_many(one: str, other: str, count: int, /, **values: Any) -> str:
    """A message that counts; `{count}` is written as the language writes numbers."""
    return speech().many(one, other, count).format(count=marks(f"{count:,}"), **values)


def counted(count: float, one: str, other: str) -> str:
    """A count and its noun in English, for sentences that are stored and retold."""
    return f"{count:,.15g} {one if count == 1 else other}"


def marks(figure: str) -> str:
    return speech().marks(figure)


def in_percent(share: float | Decimal, places: int = 0) -> str:
    """`95 %`, with a space that does not break, as all languages write it here."""
    return f"{100 * share:.{places}f}\N{NO-BREAK SPACE}%"


def retold(sentence: str) -> str:
    return speech().retold(sentence)


def problem_retold(text: str | None) -> str | None:
    """What was wrong, as it was stored: a sentence, and lines of where, of what was expected and of what to do."""
    if text is None:
        return None
    first, *rest = text.split("\n")
    lines = [line.partition(":") for line in rest]
    return "\n".join([retold(first), *(f"{_indented(name)}{colon}{_indented(what)}" for name, colon, what in lines)])


def _indented(text: str) -> str:
    told = text.lstrip()
    return f"{text[: len(text) - len(told)]}{retold(told)}"
