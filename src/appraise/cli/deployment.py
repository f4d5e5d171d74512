"""What commands need of a deployment: opened from the settings, asked as the administrator at the machine."""

from collections.abc import Iterator

from appraise.bootstrap import utc_now
from appraise.domain.access import Principal, Role
from appraise.domain.cycles import Cycle
from appraise.domain.employees import ExternalReference
from appraise.domain.reading import PersonRow, SectionRow, SectionsWanted
from appraise.errors import InvalidInput, NotFound
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_cycles import list_cycles
from appraise.use_cases.read_people import find_people
from appraise.use_cases.read_sections import list_sections

AT_THE_MACHINE = Principal(name="command line", roles=frozenset({Role.HR_ADMINISTRATOR}))
"""Whoever runs the command has the database in their hands; the audit log names them so."""


def cycle_named(deployment: Deployment, name: str) -> Cycle:
    """The cycle of that name, or the newest one where `name` is empty."""
    cycles = sorted(list_cycles(deployment, AT_THE_MACHINE), key=lambda cycle: cycle.period.start)
    if not cycles:
        raise NotFound("there is no cycle yet", hint="run `appraise score NAME --from … --to …`")
    if not name:
        return cycles[-1]
    for cycle in cycles:
        if name in {cycle.name, cycle.id}:
            return cycle
    raise NotFound(f"there is no cycle named {name!r}", expected="one of: " + ", ".join(cycle.name for cycle in cycles))


def all_sections(deployment: Deployment, cycle: Cycle) -> Iterator[SectionRow]:
    after: str | None = None
    while True:
        page = list_sections(deployment, AT_THE_MACHINE, SectionsWanted(cycle.id), first=100, after=after, at=utc_now())
        yield from page.items
        if not page.has_next:
            return
        after = page.end_cursor


def person_named(deployment: Deployment, text: str) -> PersonRow:
    """The one person known by an id, `NAMESPACE=VALUE`, e-mail address or exact name; ambiguity is refused."""
    namespace, equals, value = text.partition("=")
    reference = ExternalReference(namespace, value) if equals else None
    found = find_people(deployment, AT_THE_MACHINE, text=text, reference=reference, at=utc_now())
    if not found:
        raise NotFound(f"there is no employee {text!r}", hint="try an e-mail address, or NAMESPACE=VALUE")
    if len(found) > 1:
        names = "; ".join(f"{row.employee.display_name} ({row.employee.id})" for row in found)
        raise InvalidInput(f"{text!r} may be {len(found)} people: {names}", hint="give the id of the one you mean")
    return found[0]
