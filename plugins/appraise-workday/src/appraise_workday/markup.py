"""XML with the place of each of its elements, so that a few are changed and every other byte stays as it was."""

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED: Final = re.compile(rb"""<\?xml[^>]*\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_TAG: Final = re.compile(rb"""<(?:[^<>"']|"[^"]*"|'[^']*')*>""")


@dataclass(slots=True)
class Element:
    """`start` to `opened` is the start tag, `closed` to `end` the end tag, in bytes of `Markup.text`.

    `prefix` is as the element has it, with its colon. Attributes of a namespace are named `namespace name`, as
    `attribute_of` does. `text` is that directly in it.
    """

    namespace: str
    name: str
    prefix: bytes
    attributes: Mapping[str, str]
    start: int
    opened: int
    closed: int = 0
    end: int = 0
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    @property
    def is_empty_tag(self) -> bool:
        return self.opened == self.end

    def named(self, name: str) -> Iterator["Element"]:
        return (one for one in self.children if one.name == name)

    def whole_text(self) -> str:
        """With that of what it holds, such as words in bold."""
        return self.text + "".join(one.whole_text() for one in self.children)


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes of UTF-8 instead of those from `start` to `end`."""

    start: int
    end: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Markup:
    """`text` is the document in UTF-8, whatever the encoding that it was read and is written in."""

    text: bytes
    root: Element
    prefixes: Mapping[str, bytes]
    """Namespace → a prefix that stands for it, with its colon."""
    mark: bytes
    encoding: str

    def edited(self, edits: Iterable[Edit]) -> bytes:
        """The document in its own encoding. Edits at one place stand in the order in which they are given."""
        parts, at = list[bytes](), 0
        for edit in sorted(edits, key=lambda one: (one.start, one.end)):
            parts += [self.text[at : edit.start], edit.content]
            at = edit.end
        text = b"".join([*parts, self.text[at:]]).decode()
        return self.mark + text.encode(self.encoding, "xmlcharrefreplace")


def attribute_of(namespace: str, name: str) -> str:
    return f"{namespace} {name}"


def read_markup(source: bytes) -> Markup:
    """Raises `ValueError` for what is no XML, and for a document type: entities could swell it beyond any memory."""
    mark, encoding = next((one for one in _MARKS if source.startswith(one[0])), (b"", ""))
    if not encoding:
        declared = _DECLARED.match(source)
        encoding = declared[1].decode("ascii") if declared else "utf-8"
    try:
        text = source.removeprefix(mark).decode(encoding)
    except LookupError as error:
        raise ValueError(str(error)) from error
    if text.encode(encoding) != source.removeprefix(mark):
        raise ValueError(f"its {encoding} could not be written again as it is")
    utf8, prefixes = text.encode(), dict[str, bytes]()
    try:
        return Markup(utf8, _parsed(utf8, prefixes), prefixes, mark, encoding)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from error


def _parsed(text: bytes, prefixes: dict[str, bytes]) -> Element:
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.buffer_text = True
    above = [Element("", "", b"", {}, 0, 0)]

    def opens(name: str, attributes: dict[str, str]) -> None:
        start = parser.CurrentByteIndex
        tag = _TAG.match(text, start)
        assert tag is not None  # noqa: S101  # the parser found it there
        prefix, colon, _ = re.split(rb"[\s/>]", tag[0][1:], maxsplit=1)[0].rpartition(b":")
        namespace, _, local = name.rpartition(" ")
        one = Element(namespace, local, prefix + colon, attributes, start, tag.end())
        if tag[0].endswith(b"/>"):
            one.closed = one.end = one.opened
        above[-1].children.append(one)
        above.append(one)

    def closes(_: str) -> None:
        one = above.pop()
        if not one.end:
            one.closed = parser.CurrentByteIndex
            one.end = text.index(b">", one.closed) + 1

    def holds(words: str) -> None:
        above[-1].text += words

    def declares(prefix: str | None, namespace: str | None) -> None:
        if prefix and namespace:
            prefixes.setdefault(namespace, f"{prefix}:".encode())

    def is_refused(*_: object) -> None:
        raise ValueError("it declares a document type")

    parser.StartElementHandler, parser.EndElementHandler = opens, closes
    parser.CharacterDataHandler, parser.StartNamespaceDeclHandler = holds, declares
    parser.StartDoctypeDeclHandler = is_refused
    parser.Parse(text, True)  # noqa: FBT003  # it is all there is
    return above[0].children[0]
