"""People of the generated company, as whom anybody may look around while `APPRAISE_DEMO` is set."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from appraise.errors import InvalidInput, Place

FILE: Final = "demo.json"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """`role` names the button, `token` is an ordinary token of that person and never reaches a page."""

    label: str
    role: str
    employee: str
    token: str


def demo_people(data: Path) -> tuple[DemoPerson, ...]:
    """Whoever `demo.json` in the data directory lists, in its order; nobody where there is no such file."""
    path = data / FILE
    if not path.exists():
        return ()
    try:
        return tuple(DemoPerson(**entry) for entry in json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise InvalidInput(
            f"the demo people cannot be read: {error}",
            place=Place(file=str(path)),
            expected="a list of objects with label, role, employee and token",
            hint="run `appraise demo` again",
        ) from error
