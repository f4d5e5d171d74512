"""Names of people as exports write them."""

import re

from appraise.domain.employees import ExternalReference

_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "phd", "md"})
_BRACKETED = re.compile(r"\s*[(（][^)）]*[)）]\s*$")


def turned(name: str) -> str:
    """A name "Last, First" as "First Last"; a suffix such as ", Jr." stays where it is."""
    family, *rest = (part.strip() for part in name.split(","))
    suffixes = [part for part in rest if part.rstrip(".").casefold() in _SUFFIXES]
    given = [part for part in rest if part not in suffixes]
    return " ".join(", ".join([" ".join([*given, family]), *suffixes]).split())


def display_name(whole: str, given: str, family: str, *, last_first: bool) -> str:
    """The person's name from one column or from two; "" where all are blank."""
    parts = " ".join(f"{given} {family}".split())
    return parts or (turned(whole) if last_first else " ".join(whole.split()))


def name_references(name: str) -> list[ExternalReference]:
    """The name as written, and without the native script that some systems put in brackets behind it."""
    plain = _BRACKETED.sub("", name)
    return [ExternalReference("name", one) for one in dict.fromkeys((name, plain)) if one]
