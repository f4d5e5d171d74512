"""Clients are not broken in silence: what graphql-inspector calls breaking stands in the schema's changelog."""

import json
import re
from datetime import date, timedelta
from pathlib import Path

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema
from tests.node import CLIENTS, installed, run_node

from appraise.api.schema import GRAPHQL_SCHEMA, sdl

SCHEMA = Path(__file__).parents[2] / "schema"
REASON = re.compile(r"Use .+\. Removal on (\d{4}-(?:01|04|07|10)-01)\.")
TWO_QUARTERS = timedelta(days=181)


def unreleased() -> str:
    page = (SCHEMA / "CHANGELOG.md").read_text("utf-8")
    return page.split("\n## Unreleased\n")[1].split("\n## ")[0]


def breaking(directory: Path, released: str, present: str) -> dict[str, str]:
    """What breaks clients, by what is changed."""
    before, after = directory / "before.graphql", directory / "after.graphql"
    before.write_text(released, encoding="utf-8")
    after.write_text(present, encoding="utf-8")
    run = run_node(installed(CLIENTS), "diff.mjs", str(before), str(after))
    assert run.returncode == 0, run.stderr
    return {
        change["path"]: change["message"] for change in json.loads(run.stdout) if change["criticality"] == "BREAKING"
    }


def test_every_breaking_change_since_the_last_release_is_listed(tmp_path: Path) -> None:
    listed = unreleased().split("### Deprecated")[0]
    found = breaking(tmp_path, (SCHEMA / "released.graphql").read_text("utf-8"), sdl())

    assert {path: message for path, message in found.items() if f"`{path}`" not in listed} == {}


def test_what_breaks_clients_is_seen(tmp_path: Path) -> None:
    changed = sdl()
    for old, new in (
        ('  """First day in this job."""\n  since: Date\n', ""),
        ('  cursor: String!\n\n  """The employee."""', '  cursor: String\n\n  """The employee."""'),
        ('  """Rate items and comment on them."""\n  RATE\n', ""),
    ):
        assert old in changed
        changed = changed.replace(old, new, 1)

    assert breaking(tmp_path, sdl(), changed) == {
        "Employee.since": "Field 'since' was removed from object type 'Employee'",
        "EmployeeEdge.cursor": "Field 'EmployeeEdge.cursor' changed type from 'String!' to 'String'",
        "Action.RATE": "Enum value 'RATE' was removed from enum 'Action'",
    }
    assert breaking(tmp_path, changed, sdl()) == {}


def deprecations(schema: GraphQLSchema) -> dict[str, str]:
    """What is deprecated, with the reason."""
    found = {}
    for name, kind in schema.type_map.items():
        members: dict[str, object] = {}
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            members = dict(kind.fields)
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            members |= {f"{field}.{arg}": one for field, f in kind.fields.items() for arg, one in f.args.items()}
        if isinstance(kind, GraphQLEnumType):
            members = dict(kind.values)
        for member, what in members.items():
            reason = getattr(what, "deprecation_reason", None)
            if reason is not None and not name.startswith("__"):
                found[f"{name}.{member}"] = reason
    return found


def test_what_is_deprecated_says_until_when_and_is_listed() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \| ([\d-]{10}) \| ([\d-]{10}) \|", unreleased(), re.MULTILINE)
    listed = {what: (date.fromisoformat(since), date.fromisoformat(removal)) for what, since, removal in rows}
    told = {what: REASON.fullmatch(reason) for what, reason in deprecations(GRAPHQL_SCHEMA).items()}

    assert [what for what, match in told.items() if match is None] == []
    assert {what: date.fromisoformat(match[1]) for what, match in told.items() if match} == {
        what: removal for what, (_, removal) in listed.items()
    }
    assert [what for what, (since, removal) in listed.items() if removal - since < TWO_QUARTERS] == []
