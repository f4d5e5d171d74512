"""What the commands about a person's data do and print."""

from pathlib import Path

from appraise.bootstrap import open_deployment, utc_now
from appraise.cli.deployment import person_named
from appraise.cli.output import console, print_json
from appraise.domain.access import Principal
from appraise.domain.identifiers import PersonRequestId
from appraise.domain.person_requests import RequestKind, RequestState
from appraise.domain.sections import Refusal
from appraise.errors import InvalidInput
from appraise.settings import Settings
from appraise.storage import tokens
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.person_requests import (
    NamedRequest,
    confirm_person_request,
    fetch_person_export,
    propose_person_request,
    read_legal_holds,
    read_person_requests,
    set_legal_hold,
    withdraw_person_request,
)


def propose_and_print(kind: str, employee: str, *, by: str, reason: str) -> None:
    wanted = next((one for one in RequestKind if one.value.lower() == kind.lower()), None)
    if wanted is None:
        raise InvalidInput(f"there is no request {kind!r}", expected="export or erasure")
    deployment = open_deployment(Settings())
    person = person_named(deployment, employee).employee.id
    outcome = propose_person_request(
        deployment, _administrator(deployment, by), person, wanted, reason=reason, at=utc_now()
    )
    done = _done(outcome)
    console.print(f"{done.request.id}  waits for another HR administrator", highlight=False)


def confirm_and_print(request: str, *, by: str, to: Path | None) -> None:
    deployment, key, now = open_deployment(Settings()), PersonRequestId(request), utc_now()
    who = _administrator(deployment, by)
    known = next((one.request for one in read_person_requests(deployment, who) if one.request.id == key), None)
    if known is not None and known.kind is RequestKind.EXPORT and to is None:
        raise InvalidInput("an export needs a place for its file", expected="--to FILE.zip")
    if known is None or not known.can_be_fetched(now):
        done = _done(confirm_person_request(deployment, who, key, at=now))
        if done.request.kind is RequestKind.ERASURE:
            console.print("Erased. The figures stay as numbers of nobody.", highlight=False)
    if to is not None and known is not None and known.kind is RequestKind.EXPORT:
        from appraise.console.pages import record_templates  # templates take time to load
        from appraise.console.record_archive import archive

        _, record = fetch_person_export(deployment, who, key, at=now)
        to.write_bytes(archive(record, record_templates()))
        console.print(f"{to}: written", highlight=False)


def withdraw_and_print(request: str, *, by: str) -> None:
    deployment = open_deployment(Settings())
    who = _administrator(deployment, by)
    _done(withdraw_person_request(deployment, who, PersonRequestId(request), at=utc_now()))
    console.print("Taken back.", highlight=False)


def print_requests(*, by: str, json: bool) -> None:
    deployment = open_deployment(Settings())
    who = _administrator(deployment, by)
    requests, holds = read_person_requests(deployment, who), read_legal_holds(deployment, who)
    if json:
        rows = [
            {
                "id": one.request.id,
                "kind": one.request.kind,
                "state": one.request.state,
                "employee": one.employee_name,
                "reason": one.request.reason,
                "proposed_by": one.proposed_by_name,
                "proposed_at": one.request.proposed_at,
                "decided_by": one.decided_by_name,
                "decided_at": one.request.decided_at,
            }
            for one in requests
        ]
        held = [{"employee": one.employee_name, "reason": one.hold.reason, "since": one.hold.set_at} for one in holds]
        print_json({"requests": rows, "holds": held})
        return
    for one in requests:
        state = "waits" if one.request.state is RequestState.PROPOSED else one.request.state.value.lower()
        says = f"{one.request.id}  {one.request.kind.lower()} of {one.employee_name}, {state}: {one.request.reason}"
        console.print(says, markup=False, highlight=False, soft_wrap=True)
    for hold in holds:
        says = f"hold on {hold.employee_name} since {hold.hold.set_at.date()}: {hold.hold.reason}"
        console.print(says, markup=False, highlight=False, soft_wrap=True)
    if not requests and not holds:
        console.print("No request and no hold.")


def hold_and_print(employee: str, *, by: str, reason: str | None) -> None:
    deployment = open_deployment(Settings())
    who, person = _administrator(deployment, by), person_named(deployment, employee)
    outcome = set_legal_hold(deployment, who, person.employee.id, reason=reason, at=utc_now())
    if isinstance(outcome, Refusal):
        raise InvalidInput(outcome.message)
    what = "is held" if outcome is not None else "is held no more"
    console.print(f"{person.employee.display_name} {what}", markup=False, highlight=False)


def _administrator(deployment: Deployment, by: str) -> Principal:
    """With the roles that were granted to them."""
    person = person_named(deployment, by).employee
    with deployment.database.reading() as session:
        roles = tokens.roles_of(session, person.id)
    return Principal(person.display_name, person.id, roles)


def _done(outcome: NamedRequest | Refusal) -> NamedRequest:
    if isinstance(outcome, Refusal):
        raise InvalidInput(outcome.message)
    return outcome
