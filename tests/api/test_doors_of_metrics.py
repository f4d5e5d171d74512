"""Tables over many people give nobody more than the doors of single sections do."""

from tests.api.test_doors import PRINCIPALS, STATES, WITH_SECTION, Doors, managers_above
from tests.api.test_doors import doors as doors  # noqa: PLC0414  # a fixture

from appraise.domain.access import people_scope, reaches, section_scope


def test_contributions_are_seen_through_every_door_or_through_none(doors: Doors) -> None:
    """One by one they are those of the sections that are seen; in groups they are counted and nobody else is."""
    company = doors.company
    table = """query ($by: ContributionDimension!) { contributions(groupBy: {dimension: $by}, first: 100) {
      nodes { group { key } contributions { asNowKnown { coverage { employees } } asFinalised { dataAsOf } } } } }"""
    of_one = " ".join(
        f"""e{n}: employee(by: {{id: "{doors.employee_id(name)}"}}) {{ contributions {{ cycle {{ name }} }} }}"""
        for n, name in enumerate(WITH_SECTION)
    )
    for who in PRINCIPALS:
        principal = company.principal(who)
        seen, expected = set(), {}
        for n, name in enumerate(WITH_SECTION):
            above, subject = managers_above(company, name), company.ids[name]
            if reaches(section_scope(principal), principal, subject, managers=above, state=STATES[name]):
                seen.add(name)
            is_person = reaches(people_scope(principal), principal, subject, managers=above, state=None)
            rows = [{"cycle": {"name": "2025"}}] if name in seen else []
            may_read = not section_scope(principal).is_empty
            expected[f"e{n}"] = {"contributions": rows if may_read else None} if is_person else None
        listed = (doors.ask(who, table, by="EMPLOYEE")["data"]["contributions"] or {"nodes": []})["nodes"]
        whole = (doors.ask(who, table, by="ORGANISATION")["data"]["contributions"] or {"nodes": []})["nodes"]

        assert {row["group"]["key"] for row in listed} == {doors.employee_id(name) for name in seen}, who
        final = {row["group"]["key"] for row in listed if row["contributions"][0]["asFinalised"] is not None}
        assert final == {doors.employee_id(name) for name in seen if STATES[name] == "FINALISED"}, who
        counted = [one["asNowKnown"]["coverage"] for row in whole for one in row["contributions"]]
        told = {"employees": len(seen)} if len(seen) >= 5 else None
        assert counted == ([told, told, told, None] if seen else []), who  # fewer than five have a figure of attrition
        assert doors.ask(who, f"{{ {of_one} }}")["data"] == expected, who
