"""People of the generated company, as whom anybody may look around while `APPRAISE_DEMO` is set."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from appraise.errors import InvalidInput, Place

FILE: Final = "demo.json"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """`role` tells the buttons apart, `token` is an ordinary token of that person and never reaches a page."""

    label: str
    role: str
    name: str
    token: str


def demo_people(data: Path) -> tuple[DemoPerson, ...]:
    """Whoever `demo.json` in the data directory lists, in its order; nobody where there is no such file."""
    path = data / FILE
    if not path.exists():
        return ()
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return tuple(
            DemoPerson(entry["label"], entry["role"], entry["name"], entry["token"]) for entry in document["people"]
        )
    except (ValueError, TypeError, KeyError) as error:
        raise InvalidInput(
            f"the demo people cannot be read: {error!r}",
            place=Place(file=str(path)),
            expected="people, each with label, role, name and token",
            hint="delete the directory and run `appraise demo` again",
        ) from error
