"""Texts of one byte a letter: which code page they are in is declared, or told by what cannot be, never guessed."""

import codecs
import re
import tempfile
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from appraise.adapters.contract import ImportOptions
from appraise.errors import InvalidInput, Place

PAGES: Final = (
    *("cp1252", "cp1250", "cp1254", "cp1257", "cp1251", "cp1253"),
    *("iso8859_2", "iso8859_15", "mac_roman", "mac_latin2", "cp850", "cp852", "cp437", "koi8_r"),
)
SETTING: Final = "encoding"
MOST_WORDS: Final = 20_000
HINT: Final = "export it as UTF-8, or declare the code page by the setting encoding=cp1252 (or whichever it is)"
_CHUNK: Final = 1 << 20
_WORD: Final = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_BINARY: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1")
_BEFORE, _AFTER, _WITHIN = frozenset("«“„‘‚‹¿¡…–—€£§©•\xa0"), frozenset("»”’›…–—°®™ªº€“\xa0"), frozenset("’´·\xad")
_NO_LETTERS: Final = frozenset("ƒﬁﬂµªº")


class UnknownCodePage(InvalidInput):
    """The encoding of a text has to be declared: `readings` are what a word of it would be, with the pages of each."""

    def __init__(self, file: str, readings: Mapping[str, Sequence[str]], words: Collection[bytes]) -> None:
        super().__init__(
            f"the file's text is not UTF-8, and {_doubt(readings, words)}",
            place=Place(file),
            expected="text in UTF-8, or in a code page that is declared",
            hint=HINT,
        )
        self.readings = readings


@contextmanager
def as_declared(path: Path, options: ImportOptions) -> Iterator[tuple[Path, ImportOptions]]:
    """The file as UTF-8 where a setting declares its encoding, under its own name; else the file itself.

    Raises `InvalidInput` for an encoding that is not known, or in which the file is not written.
    """
    declared = options.settings.get(SETTING)
    if declared is None:
        yield path, options
        return
    with tempfile.TemporaryDirectory(prefix="appraise-text-") as directory:
        copy = Path(directory, path.name)
        _write_as_utf8(path, declared, copy)
        yield copy, replace(options, settings={**options.settings, SETTING: "utf-8"})


def _write_as_utf8(path: Path, declared: str, copy: Path) -> None:
    place = Place(path.name)
    with path.open("rb") as stream:
        if stream.read(4).startswith(_BINARY):
            raise InvalidInput(
                f"the setting {SETTING}={declared} does not go with this file",
                place=place,
                expected="a file of text; workbooks, archives and Parquet files tell their encoding themselves",
            )
    try:
        with path.open(encoding=declared, newline="") as source, copy.open("w", encoding="utf-8", newline="") as target:
            while text := source.read(_CHUNK):
                target.write(text)
    except LookupError as error:
        raise InvalidInput(
            f"there is no encoding named {declared!r}",
            place=place,
            expected="e.g. utf-8, cp1252, mac_roman or utf-16-le",
        ) from error
    except UnicodeError as error:
        raise InvalidInput(
            f"the file's text is not {declared}: {error}", place=place, hint="declare another encoding"
        ) from error


def code_page(path: Path) -> str:
    """The only page in which all words of the file can be words, or one of several in which it is the same text.

    Raises `UnknownCodePage` where there are several texts, or none.
    """
    words, letters = _foreign(path)
    possible = [page for page in PAGES if _is_text(page, words, letters)]
    texts = {page: "".join(_decoded(page, bytes([one])) or "" for one in letters) for page in possible}
    if len(set(texts.values())) == 1:
        return possible[0]
    raise UnknownCodePage(path.name, _readings(possible, words), words)


def _readings(possible: Iterable[str], words: Collection[bytes]) -> dict[str, list[str]]:
    """Of the first word that tells some of the pages apart; empty where the file fits none of them."""
    for word in sorted(words):
        readings: dict[str, list[str]] = {}
        for page in possible:
            readings.setdefault(_decoded(page, word) or "", []).append(page)
        if len(readings) > 1:
            return readings
    return {}


def _doubt(readings: Mapping[str, Sequence[str]], words: Collection[bytes]) -> str:
    if readings:
        told = ", ".join(f"{text!r} ({', '.join(pages[:2])})" for text, pages in list(readings.items())[:3])
        return f"a word of it may be {told}"
    word = min(words, default=b"")
    return f"in no known code page is {word.decode('ascii', 'backslashreplace')!r} a word"


def _foreign(path: Path) -> tuple[set[bytes], bytes]:
    """Words with letters beyond ASCII, up to `MOST_WORDS`, and all bytes beyond ASCII."""
    words: set[bytes] = set()
    letters: set[int] = set()
    with path.open("rb") as stream:
        while part := stream.readline(_CHUNK):
            if not part.isascii():
                letters.update(part)
                if len(words) < MOST_WORDS:
                    words.update(_WORD.findall(part))
    return words, bytes(sorted(one for one in letters if one > 127))  # noqa: PLR2004  # ASCII ends there


def _is_text(page: str, words: Iterable[bytes], letters: bytes) -> bool:
    if _decoded(page, letters) is None:
        return False
    return all((text := _decoded(page, word)) is not None and _may_be_word(text) for word in words)


@lru_cache(maxsize=4096)
def _decoded(page: str, text: bytes) -> str | None:
    try:
        return codecs.decode(text, page)
    except UnicodeDecodeError:
        return None


def _may_be_word(text: str) -> bool:
    """Letters of one script, in which small and large ones beyond ASCII stand as they do in words: not in `JŁrgen`."""
    if any(unicodedata.category(one) == "Cc" or "\u2500" <= one <= "\u25ff" for one in text):
        return False
    if len(text) == 1:
        return True
    begin, end = 0, len(text)
    while begin < end and text[begin] in _BEFORE:
        begin += 1
    while end > begin and text[end - 1] in _AFTER:
        end -= 1
    inner = [one for one in text[begin:end] if one not in _WITHIN]
    if any(unicodedata.category(one) not in {"Lu", "Ll"} or one in _NO_LETTERS for one in inner):
        return False
    if len({unicodedata.name(one).partition(" ")[0] for one in inner}) > 1:
        return False
    return not (text[:begin].endswith(("¡", "¿")) and inner and inner[0].islower()) and _is_cased(inner)


def _is_cased(letters: list[str]) -> bool:
    pairs = list(pairwise(letters))
    if any(a.islower() and b.isupper() and not (a.isascii() and b.isascii()) for a, b in pairs):
        return False
    return not any(a.isupper() and b.islower() and not a.isascii() for a, b in pairs[1:])
