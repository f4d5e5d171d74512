"""Requests that mean harm, made from good ones: by seed, so that each can be made again."""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

GOOD = [
    path.read_text("utf-8") for path in sorted((Path(__file__).parents[2] / "schema" / "operations").glob("*.graphql"))
]
TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|\.\.\.|[\w$@]+|[^\s]')
NASTY = [
    "null",
    "-0",
    "9" * 400,
    "1e999",
    '"\\u0000"',
    '"\\ud800"',
    "[]",
    "{}",
    "$x",
    "@skip",
    "...",
    "\u202e",
    '"',
    "#",
    "}",
]
VALUES = [None, True, -1, 2**63, 1e308, "", "\x00", "\ud83d\ude00", "x" * 5_000, [], {}, [[[[[]]]]], {"id": {"id": {}}}]
TYPES = [
    "application/json",
    "application/json",
    "application/json",
    "text/plain",
    "application/json; charset=utf-7",
    "",
]
ACCEPTS = ["application/json", "application/graphql-response+json", "*/*", "text/event-stream", "text/html", ";;q=x,,"]


@dataclass(frozen=True, slots=True)
class Sent:
    seed: int
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def requests(seed: int) -> Iterator[Sent]:
    """Endless."""
    while True:
        yield one(seed)
        seed += 1


def one(seed: int) -> Sent:
    chance = random.Random(seed)  # noqa: S311  # nothing is kept secret by it
    document = chance.choice([_changed, _changed, _changed, _deep, _wide, _fragments, _lists, _repeated, _noise])(
        chance
    )
    asked = {"query": document, "variables": _variables(chance)}
    if chance.random() < 0.05:
        asked["operationName"] = chance.choice(VALUES)
    headers = {"content-type": chance.choice(TYPES), "accept": chance.choice(ACCEPTS)}
    body = json.dumps(asked, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    kind = chance.random()
    if kind < 0.1:
        body = body[: chance.randrange(len(body))]
    elif kind < 0.2:
        place = chance.randrange(len(body))
        body = body[:place] + bytes([chance.randrange(256)]) + body[place + 1 :]
    elif kind < 0.23:
        body = json.dumps([asked] * chance.randrange(4)).encode()
    path = chance.choice(
        ["/graphql"] * 12 + ["/subgraph", "/exports/x", "/imports/x/rejected", "/uploads?name=../x.csv"]
    )
    return Sent(seed, chance.choice(["POST"] * 12 + ["GET", "PUT", "OPTIONS"]), path, headers, body)


def _changed(chance: random.Random) -> str:
    """A good document with some of its tokens taken out, put twice, exchanged or made nasty."""
    tokens = TOKENS.findall(chance.choice(GOOD))
    for _ in range(chance.choice([0, 1, 1, 2, 3, 8])):
        place, other = chance.randrange(len(tokens)), chance.randrange(len(tokens))
        match chance.randrange(4):
            case 0:
                del tokens[place]
            case 1:
                tokens.insert(place, tokens[other])
            case 2:
                tokens[place], tokens[other] = tokens[other], tokens[place]
            case _:
                tokens[place] = chance.choice(NASTY)
    return " ".join(tokens)


def _deep(chance: random.Random) -> str:
    opened = chance.choice(["{a", "{viewer", "{employee(by:{id:", "[", "{nodes(ids:[", "query($a:["])
    return opened * chance.randrange(1, 2_000)


def _wide(chance: random.Random) -> str:
    name = chance.choice(["viewer{name}", "__typename", "cycles{id}", "__schema{types{name}}"])
    return "{" + " ".join(f"a{n}:{name}" for n in range(chance.randrange(1, 900))) + "}"


def _fragments(chance: random.Random) -> str:
    number = chance.randrange(1, 60)
    doubled = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{(n * 7) % number} }}" for n in range(number))
    return f"{{ ...F0 }} {doubled} fragment F{number} on Query {{ viewer {{ name }} }}"


def _lists(chance: random.Random) -> str:
    """Reports of managers of reports: one field of the document is many of the answer."""
    levels = chance.randrange(1, 5)
    return "{employees(first:9){nodes{" + "manager{reports{employee{" * levels + "name" + "}}}" * levels + "}}}"


def _repeated(chance: random.Random) -> str:
    field = chance.choice(["name ", "name roles ", "...on Viewer{name roles} "])
    return "{viewer{" + field * chance.randrange(1, 900) + "}" + "viewer{name}" * chance.randrange(200) + "}"


def _noise(chance: random.Random) -> str:
    return "".join(chr(chance.randrange(1, 0xD7FF)) for _ in range(chance.randrange(300)))


def _variables(chance: random.Random) -> object:
    if chance.random() < 0.1:
        return chance.choice(VALUES)
    names = ["id", "ids", "cycle", "input", "first", "after", "section", "a"]
    return {name: chance.choice(VALUES) for name in chance.sample(names, chance.randrange(len(names)))}
