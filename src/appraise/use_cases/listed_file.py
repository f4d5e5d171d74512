"""A settings file that lists tables of one kind, such as hosts or issuers."""

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from appraise.errors import InvalidInput, Place

M = TypeVar("M", bound=BaseModel)
OUR_OWN: Final = "Value error, "
"""What pydantic writes before the message of a validator of ours."""


class Listed(NamedTuple):
    """How messages name the file: `kind` is the singular of the tables' name, as in `[[hosts]]`."""

    kind: str
    setting: str
    page: str


def read_listed(file: Path, model: type[M], listed: Listed) -> M:
    """The file as `model`. Raises `InvalidInput` for what cannot be read, with its place."""
    try:
        return model.model_validate(_values(file, listed))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(
            f"{key} cannot be read: {first['msg'].removeprefix(OUR_OWN)}",
            place=Place(file=str(file)),
            hint=f"{listed.page} has an example and says what each key means",
        ) from None


def check_names(names: list[str], file: Path, listed: Listed, *, expected: str) -> None:
    """Raises `InvalidInput` for a name that is there twice."""
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        found = f"the {listed.kind} {twice[0]} is there twice"
        raise InvalidInput(found, place=Place(file=str(file)), expected=expected)


def _values(file: Path, listed: Listed) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InvalidInput(
            f"the file of {listed.kind}s {file} cannot be read: {error.strerror}",
            hint=f"check the path in {listed.setting}; it is a TOML file",
        ) from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(
            f"the file of {listed.kind}s is no TOML: {error}",
            place=Place(file=str(file)),
            expected=f"a table [[{listed.kind}s]] for each {listed.kind}",
        ) from error
