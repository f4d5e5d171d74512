"""The compiled access predicates say of every row what the rules in the domain say of it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, literal, select

from appraise.domain.access import (
    Embedded,
    Principal,
    Role,
    Scope,
    ServiceScope,
    StandIn,
    people_scope,
    reaches,
    section_scope,
)
from appraise.domain.identifiers import EmployeeId, SectionId
from appraise.domain.section_states import SectionState
from appraise.storage.access import Door, Viewer, reached
from appraise.storage.database import Database, Session
from appraise.storage.people import managers_of
from appraise.storage.tables import EMPLOYEES, REPORTING_LINES

TODAY = date(2026, 3, 1)
SECTIONS = [SectionId("s1"), SectionId("s2")]
NAMES = [EmployeeId(f"e{number}") for number in range(7)]
AT = datetime(2026, 3, 1, tzinfo=UTC)

# A line to somebody with a smaller number: no loops, and any shape of tree.
lines = st.tuples(
    st.integers(0, 6),
    st.integers(0, 6),
    st.sampled_from(["solid", "solid", "solid", "dotted"]),
    st.sampled_from([(-400, None), (-400, 1), (0, None), (-400, 0), (-400, -30), (1, None)]),
).filter(lambda line: line[1] < line[0])
organisations = st.lists(lines, max_size=10, unique_by=lambda line: (line[0], line[2]))
principals = st.builds(
    Principal,
    name=st.just("somebody"),
    employee=st.sampled_from([None, *NAMES]),
    roles=st.frozensets(st.sampled_from(Role)),
    scopes=st.frozensets(st.sampled_from(ServiceScope)),
    embedded=st.none()
    | st.builds(Embedded, section=st.sampled_from(SECTIONS), subject=st.sampled_from(NAMES), by=st.just("host")),
    stands_in=st.lists(
        st.builds(StandIn, manager=st.sampled_from(NAMES), name=st.just("x"), may_submit=st.booleans()), max_size=2
    ).map(tuple),
)
scopes = st.builds(
    Scope,
    own=st.booleans(),
    below=st.booleans(),
    everyone=st.booleans(),
    states=st.none() | st.frozensets(st.sampled_from(SectionState)),
)


def build(session: Session, organisation: list[tuple[int, int, str, tuple[int, int | None]]]) -> None:
    people = [{"id": name, "display_name": name, "sort_name": name, "search_text": name} for name in NAMES]
    session.execute(insert(EMPLOYEES), [{**row, "created_at": AT} for row in people])
    for number, (employee, manager, kind, (start, end)) in enumerate(organisation):
        line = {
            "id": f"l{number}",
            "employee_id": NAMES[employee],
            "manager_id": NAMES[manager],
            "kind": kind,
            "source": "hr",
            "starts_on": TODAY + timedelta(days=start),
            "ends_on": None if end is None else TODAY + timedelta(days=end),
        }
        session.execute(insert(REPORTING_LINES), line)


def chains(organisation: list[tuple[int, int, str, tuple[int, int | None]]]) -> Mapping[EmployeeId, list[EmployeeId]]:
    """Managers from the nearest up, by following today's solid lines one by one."""
    manager = {
        employee: above
        for employee, above, kind, (start, end) in organisation
        if kind == "solid" and start <= 0 and (end is None or end > 0)
    }
    found = {}
    for number, name in enumerate(NAMES):
        chain, person = [], number
        while person in manager:
            person = manager[person]
            chain.append(NAMES[person])
        found[name] = chain
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    organisation=organisations,
    principal=principals,
    scope=scopes,
    row=st.just((None, None)) | st.tuples(st.sampled_from(SectionState), st.sampled_from(SECTIONS)),
)
def test_compiled_predicates_equal_the_rules(
    database: Database,
    organisation: list[tuple[int, int, str, tuple[int, int | None]]],
    principal: Principal,
    scope: Scope,
    row: tuple[SectionState, SectionId] | tuple[None, None],
) -> None:
    above, (state, section) = chains(organisation), row
    with database.transaction() as session:
        build(session, organisation)
        columns = {} if state is None else {"state": literal(state.value), "section": literal(section)}
        for chosen in (scope, people_scope(principal), section_scope(principal)):
            door = Door(
                chosen, principal.employee is not None, principal.embedded is not None, len(principal.stands_in)
            )
            statement = select(EMPLOYEES.c.id).where(reached(door, EMPLOYEES.c.id, **columns))
            found = set(session.execute(statement, Viewer(principal, TODAY).bound).scalars())

            assert found == {
                name
                for name in NAMES
                if reaches(chosen, principal, name, managers=above[name], state=state, section=section)
            }
        session.rollback()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(organisation=organisations)
def test_managers_are_given_from_the_nearest_up(
    database: Database, organisation: list[tuple[int, int, str, tuple[int, int | None]]]
) -> None:
    with database.transaction() as session:
        build(session, organisation)
        found = {name: list(managers_of(session, name, on=TODAY)) for name in NAMES}
        session.rollback()

    assert found == chains(organisation)
