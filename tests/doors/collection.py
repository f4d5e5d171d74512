"""What each principal is shown by each way in: by the generated ways of queries, and by all that is no query."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from starlette.testclient import TestClient
from tests.api.builder import AT, MANAGERS
from tests.api.served import CHANGED as _CHANGED
from tests.api.served import Served, received, send
from tests.doors.ways import FINAL, Way
from tests.doors.world import FRAMED, HOST, WHO, Key, World
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect

from appraise.domain.exports import OF_SECTIONS, ExportKind
from appraise.use_cases.work import Worker

REFUSED = {"FORBIDDEN", "NOT_FOUND"}
OPENS_NOTHING = 4403
TOGETHER = 16
"""Selections of one document: fewer than its limits of aliases and cost allow."""
CHANGED = _CHANGED.replace("kind version section { state }", f"section {{ {FINAL['Section']} }}")
FOLLOWED = {
    "sectionChanged": (CHANGED, "ids", ["Section"]),
    "scoringProgress": ("subscription ($run: ID!) { scoringProgress(run: $run) { id } }", "run", ["ScoringRun"]),
    "jobProgress": (
        "subscription ($job: ID!) { jobProgress(job: $job) { ... on Node { id } } }",
        "job",
        ["Export", "Import"],
    ),
}
"""What is asked, with which variable, and of things of which types."""
ENTITIES = f"""query($representations: [_Any!]!, $cycle: ID!) {{ _entities(representations: $representations) {{
  ... on Employee {{ appraiseRecord {{ id }} customerServiceSection(cycle: $cycle) {{
    {FINAL["Section"].replace("Composite", "AppraiseComposite")} }} }} }} }}"""
AUDIT_LOG = "{ auditLog(first: 100) { nodes { subjectIds(first: 100) } } }"
COVERAGE = "coverage { employees }"
CONTRIBUTIONS = f"""{{ contributions(first: 50, groupBy: {{dimension: %s}}) {{ nodes {{ group {{ key }}
  contributions {{ asNowKnown {{ {COVERAGE} }} asFinalised {{ {COVERAGE} }} }} }} }} }}"""
SECTIONS_THEN = """query ($cycle: ID!) { sectionsAsOf(cycle: $cycle, asOf: "2100-01-01T00:00:00Z", first: 50) {
  nodes { sectionId revision { items { rating } } } } }"""
CREATE_EXPORT = "mutation ($input: CreateExportInput!) { createExport(input: $input) { export { id } } }"


def by_ways(world: World, ways: list[Way], who: str) -> dict[str, set[Key]]:
    """By way; many are asked in one document, each selection under an alias of its own."""
    shown: dict[str, set[Key]] = {way.name: set() for way in ways}
    wanted = [
        (way, selection) for way in ways for selection in way.selections(world.keys(way.steps[0].type), world.cycle)
    ]
    together = [one for one in wanted if not one[0].is_alone]
    batches = [[one] for one in wanted if one[0].is_alone]
    batches += [together[start : start + TOGETHER] for start in range(0, len(together), TOGETHER)]
    for batch in batches:
        query = " ".join(f"a{place}: {selection}" for place, (_, selection) in enumerate(batch))
        answer = world.ask(who, f"{{ {query} }}")
        data = answer.get("data") or {}
        for place, (way, _) in enumerate(batch):
            found = way.objects({f"a{place}": data.get(f"a{place}")})
            shown[way.name] |= _shown(world, way.target, found, answer)
    return shown


def _shown(world: World, kind: str, objects: Iterator[tuple[dict[str, Any], Any]], answer: dict[str, Any]) -> set[Key]:
    refused = set()
    for error in answer.get("errors", []):
        assert error["extensions"]["code"] in REFUSED, (kind, error)
        refused.add(tuple(error["path"]))
    shown: set[Key] = set()
    for found, path in objects:
        shown |= world.seen(found, path, refused) if kind == "Section" else {(kind, found["id"])}
    return shown


def sections_then(world: World, who: str) -> set[Key]:
    found = (world.ask(who, SECTIONS_THEN, cycle=world.cycle).get("data") or {}).get("sectionsAsOf") or {"nodes": []}
    rated = [one for one in found["nodes"] if any(item["rating"] is not None for item in one["revision"]["items"])]
    return {("Section", one["sectionId"]) for one in found["nodes"]} | {("ratings", one["sectionId"]) for one in rated}


def audit_log(world: World, who: str) -> set[Key]:
    """All of it, where there is a line that is not about the reader themselves."""
    found = (world.ask(who, AUDIT_LOG).get("data") or {}).get("auditLog") or {"nodes": []}
    me = world.principals[who].employee
    own = {key for (_, key), what in world.things.items() if what.subject == me is not None}
    read = [set(line["subjectIds"]) for line in found["nodes"]]
    return {("audit log", "all")} if any(not about or about - own for about in read) else set()


def access_tokens(world: World, who: str) -> set[Key]:
    found = (world.ask(who, "{ accessTokens { key } }").get("data") or {}).get("accessTokens")
    return {("access tokens", "all")} if found else set()


def role_grants(world: World, who: str) -> set[Key]:
    found = (world.ask(who, "{ roleGrants { role } }").get("data") or {}).get("roleGrants")
    return {("role grants", "all")} if found else set()


def person_requests(world: World, who: str, name: str) -> set[Key]:
    found = (world.ask(who, f"{{ {name} {{ employeeName }} }}").get("data") or {}).get(name)
    return {("person requests", "all")} if found else set()


def fairness_reports(world: World, who: str) -> set[Key]:
    found = (world.ask(who, "{ fairnessReports { cycleName } }").get("data") or {}).get("fairnessReports")
    return {("fairness verdicts", "all")} if found else set()


def contributions(world: World, who: str) -> set[Key]:
    """One by one: a line for each whose section may be read."""
    found = (world.ask(who, CONTRIBUTIONS % "EMPLOYEE").get("data") or {}).get("contributions") or {"nodes": []}
    people = {row["group"]["key"] for row in found["nodes"]}
    subjects = {what.subject: key for key, what in world.things.items() if key[0] == "Section"}
    return {subjects[world.things["Employee", key].subject] for key in people}


def counted(world: World, who: str, dimension: str) -> list[int]:
    """How many employees stand behind the figures of groups."""
    found = (world.ask(who, CONTRIBUTIONS % dimension).get("data") or {}).get("contributions") or {"nodes": []}
    readings = [
        one[reading]
        for row in found["nodes"]
        for one in row["contributions"]
        for reading in ("asNowKnown", "asFinalised")
        if one[reading] is not None
    ]
    return [reading["coverage"]["employees"] for reading in readings if reading["coverage"] is not None]


def entities(world: World, subgraph: TestClient, who: str) -> set[Key]:
    keys = [{"__typename": "Employee", "id": f"E{row:04d}"} for row in range(2, 2 + len(MANAGERS))]
    asked = {"query": ENTITIES, "variables": {"representations": keys, "cycle": world.cycle}}
    answer = subgraph.post("/subgraph", json=asked, headers=world.headers[who]).json()
    found = (answer.get("data") or {}).get("_entities") or []
    people = {("Employee", one["appraiseRecord"]["id"]) for one in found if one}
    sections = (
        (one["customerServiceSection"], ("_entities", place, "customerServiceSection"))
        for place, one in enumerate(found)
        if one and one["customerServiceSection"]
    )
    return people | _shown(world, "Section", sections, answer)


def printed(world: World, who: str) -> set[Key]:
    """Final sections are to be had as PDF."""
    keys = world.keys("Section")
    paths = {key: f"/sections/{key}/pdf" for key in keys}
    return {
        ("Section", key)
        for key, path in paths.items()
        if world.client.get(path, headers=world.headers[who]).status_code == 200
    }


def exports(world: World) -> dict[tuple[str, str], set[Key]]:
    """By principal and kind: whom the lines of the file tell of, as it can be fetched."""
    made: dict[tuple[str, ExportKind], str | None] = {}
    for who in WHO:
        for kind in ExportKind:
            of = {"cycle": world.cycle} if kind in OF_SECTIONS else {}
            of |= {"source": "hr"} if kind is ExportKind.PEOPLE else {}
            answer = world.ask(who, CREATE_EXPORT, input={"kind": kind.value, "format": "JSONL", **of})
            export = answer["data"]["createExport"]
            made[who, kind] = export and export["export"]["id"]
    Worker(world.company.deployment, lambda: AT).run_once()
    shown = {}
    for (who, kind), key in made.items():
        answer = world.client.get(f"/exports/{key}", headers=world.headers[who]) if key else None
        lines = [json.loads(line) for line in answer.text.splitlines()] if answer and answer.status_code == 200 else []
        shown[who, f"export {kind}"] = {key for line in lines for key in LINES[kind](line)} & world.things.keys()
    return shown


LINES: dict[ExportKind, Callable[[dict[str, Any]], set[Key]]] = {
    ExportKind.EMPLOYEES: lambda line: {("Employee", line["employee"])},
    ExportKind.PEOPLE: lambda line: {("Employee", line["employee"])},
    ExportKind.SECTIONS: lambda line: {("Section", line["section"])},
    ExportKind.ESTIMATES: lambda line: {
        ("Section", line["section"]),
        *([("ratings", line["section"])] if line["ratingsVisible"] else []),
    },
    ExportKind.AUDIT: lambda line: {("audit file", "all")},
}


def followed(  # who asks what of which things
    world: World, served: Served, who: str, query: str, variable: str, keys: dict[str, list[str]]
) -> set[Key]:
    """What the first event of a subscription shows, one subscription for each key."""
    headers = world.headers[who]
    shown = set[Key]()
    origin = {"origin": HOST} if who in FRAMED else {}
    with connect(served.ws, subprotocols=["graphql-transport-ws"], additional_headers=origin) as socket:  # type: ignore[list-item]
        send(socket, type="connection_init", payload={"authorization": headers["authorization"]})
        try:
            assert received(socket)["type"] == "connection_ack"
        except ConnectionClosedError as closed:
            if closed.rcvd is None or closed.rcvd.code != OPENS_NOTHING:  # as some tokens do
                raise
            return set()
        for place, (kind, key) in enumerate((kind, key) for kind, each in keys.items() for key in each):
            payload = {"query": query, "variables": {variable: [key] if variable == "ids" else key}}
            send(socket, type="subscribe", id=str(place), payload=payload)
            told = received(socket)
            while told["id"] != str(place) or told["type"] == "complete":
                told = received(socket)
            if told["type"] == "error":
                assert told["payload"][0]["extensions"]["code"] in REFUSED, told
                continue
            [field] = told["payload"]["data"]
            found = told["payload"]["data"][field]
            found, path = (found["section"], (field, "section")) if kind == "Section" else (found, (field,))
            shown |= _shown(world, kind, iter([(found, path)]), told["payload"])
            send(socket, type="complete", id=str(place))
    return shown
