"""The languages that there are: catalogues beside this file, one `.po` each, and which of them somebody reads.

A message with the context `stored` is a sentence that was kept in English, values and all; it is told again by finding
which message made it. Its place `{number}` takes digits only. What stands in a place is told again as well, but for
what somebody named or wrote (`VERBATIM`).
"""

import gettext
import re
from collections.abc import Sequence
from datetime import date
from functools import cached_property, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

from appraise.domain.language import ENGLISH, English, Speech

HERE: Final = Path(__file__).parent
NAMES: Final = {"en": "English", "de": "Deutsch"}
"""Every language, as those who speak it call it."""
PSEUDO: Final = ("en-XA", "ar-XB")
"""Nobody speaks them: the pages show by them what is cut off, not translated, or set from the left. Sentences of the
service stay English."""
STORED: Final = "stored"
PLACE: Final = re.compile(r"\{\w+\}")
DIGITS: Final = r"[−-]?[\d,]+(?:\.\d+)?"
FIGURE: Final = re.compile(DIGITS + "(?:\N{NO-BREAK SPACE}%)?")
VERBATIM: Final = frozenset({"cycle", "name", "reason"})
"""Places of names and of people's words: a cycle `2026.1` is no figure."""
ISO_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
REMEMBERED: Final = 4096


def language(tag: str) -> Speech:
    """English for one that there is not."""
    if tag in PSEUDO:
        return English(tag)
    return _catalogue(tag) if tag in NAMES and tag != "en" else ENGLISH


def is_rtl(tag: str) -> bool:
    """Whether it is written from the right to the left."""
    return tag.partition("-")[0] in {"ar", "fa", "he", "ur"}


def negotiated(header: str | None, *chosen: str | None) -> str:
    """The first that was chosen and exists, else the best of `Accept-Language` (RFC 9110, 12.5.4), else English."""
    for tag in (*chosen, *_wanted(header or "")):
        if tag in NAMES or tag in PSEUDO:
            return str(tag)
        base = (tag or "").partition("-")[0].lower()
        if base in NAMES:
            return base
    return "en"


def _wanted(header: str) -> Sequence[str]:
    weighed = []
    for part in header[:200].split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), tag.strip()))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(weighed, key=lambda one: one[0]) if weight]


@lru_cache
def _catalogue(tag: str) -> "Catalogue":
    return Catalogue(tag)


class Catalogue:
    """A language of a `.po` file, with the marks and days of CLDR."""

    def __init__(self, tag: str) -> None:
        from babel import Locale  # noqa: PLC0415  # large, and not needed for English
        from babel.messages.mofile import write_mo  # noqa: PLC0415
        from babel.messages.pofile import read_po  # noqa: PLC0415

        with (HERE / f"{tag}.po").open("rb") as file:
            catalog = read_po(file, locale=tag)
        written = BytesIO()
        write_mo(written, catalog)
        written.seek(0)
        self.tag = tag
        self._messages = gettext.GNUTranslations(written)
        self._locale = Locale.parse(tag)
        self._stored = {str(one.id): str(one.string) for one in catalog if one.context == STORED}
        self._retold = lru_cache(REMEMBERED)(self._find)

    def one(self, message: str) -> str:
        return self._messages.gettext(message)

    def many(self, one: str, other: str, count: int) -> str:
        return self._messages.ngettext(one, other, count)

    def marks(self, figure: str) -> str:
        return figure.translate(self._marks)

    @cached_property
    def _marks(self) -> dict[int, str]:
        symbols = self._locale.number_symbols["latn"]
        return {ord("."): symbols["decimal"], ord(","): symbols["group"]}

    def day(self, day: date) -> str:
        from babel.dates import format_date  # noqa: PLC0415

        return format_date(day, "long", locale=self._locale)

    def retold(self, sentence: str) -> str:
        return self._retold(sentence)

    def _find(self, sentence: str) -> str:
        for form, told in self._forms:
            found = form.fullmatch(sentence)
            if found:
                return told.format(**{place: self._value(place, text) for place, text in found.groupdict().items()})
        return sentence

    def _value(self, place: str, text: str) -> str:
        match place:
            case _ if place in VERBATIM:
                return text
            case "needed":  # states, any of which would do
                return f" {self.one('or')} ".join(self._word(one) for one in text.split(" or "))
            case "changes":  # who did what
                by = (one.partition(": ") for one in text.split("; "))
                return "; ".join(f"{who}: {self._word(deed.replace('_', ' '))}" for who, _, deed in by)
            case _:
                return self._word(text)

    def _word(self, text: str) -> str:
        """A figure, a day, or what a message is for: one that was stored, else one of the others."""
        if FIGURE.fullmatch(text):
            return self.marks(text)
        if ISO_DAY.fullmatch(text):
            return self.day(date.fromisoformat(text))
        told = self.retold(text)
        return told if told != text else self.one(text)

    @cached_property
    def _forms(self) -> list[tuple[re.Pattern[str], str]]:
        """The ones with the most words of their own first, as they say most about a sentence."""
        by_words = sorted(self._stored.items(), key=lambda one: -len(PLACE.sub("", one[0])))
        return [(_form(message), told) for message, told in by_words]


def _form(message: str) -> re.Pattern[str]:
    """What a message looks like with values in its places."""
    parts = re.split(r"(\{\w+\})", message)
    seen: set[str] = set()
    pattern = ""
    for part in parts:
        if not PLACE.fullmatch(part):
            pattern += re.escape(part)
        elif part in seen:
            pattern += f"(?P={part[1:-1]})"
        else:
            seen.add(part)
            pattern += f"(?P<{part[1:-1]}>{DIGITS if part == '{number}' else '.+?'})"
    return re.compile(pattern, re.DOTALL)
