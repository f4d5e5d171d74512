"""The way in to the audit log."""

from datetime import datetime
from typing import Annotated

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, from_global, key_of
from appraise.api.permissions import Permission, Requires
from appraise.api.types.audit import SUBJECTS, AuditConnection
from appraise.api.types.connections import LARGEST_PAGE, Window
from appraise.domain.audit import AuditFilter
from appraise.domain.identifiers import EmployeeId
from appraise.errors import InvalidInput
from appraise.use_cases.read_audit import list_audit


@strawberry.input(description="Which lines of the audit log; all that are given must hold.")
class AuditWhere:
    about: strawberry.ID | None = strawberry.field(
        default=None,
        description="Id of what was touched or read; of an employee all lines about them and their sections.",
    )
    by: strawberry.ID | None = strawberry.field(default=None, description="Id of the employee who did it.")
    action: str | None = strawberry.field(default=None, description="What was done, e.g. `section.read`.")
    since: datetime | None = strawberry.field(default=None, description="The first moment.")
    until: datetime | None = strawberry.field(default=None, description="The first moment that no longer counts.")


@strawberry.type
class AuditQuery:
    @strawberry.field(
        description=(
            "The audit log, the newest line first: all of it for HR administrators and auditors; for everybody else "
            "who read what is kept of them."
        ),
        extensions=[Requires(Permission.READ_AUDIT_LOG)],
    )
    def audit_log(
        self,
        info: strawberry.Info,
        first: Annotated[int, strawberry.argument(description=f"How many lines, 1 to {LARGEST_PAGE}.")],
        after: Annotated[
            str | None, strawberry.argument(description="`pageInfo.endCursor` of the page before.")
        ] = None,
        where: Annotated[AuditWhere | None, strawberry.argument(description="Which lines.")] = None,
    ) -> AuditConnection | None:
        context: RequestContext = info.context
        window, wanted = Window(first, after), _filter(where or AuditWhere())
        page = list_audit(context.deployment, context.principal, wanted, at=context.at, first=first, after=after)
        return AuditConnection.of(page, context, window=window, wanted=wanted)


def _filter(where: AuditWhere) -> AuditFilter:
    kind, key = (None, None) if where.about is None else from_global(where.about)
    if kind is not None and kind not in {Kind.EMPLOYEE, *SUBJECTS.values()}:
        raise InvalidInput(f"the log has no lines about a {kind}", expected="the id of something that lines name")
    names = {found: name for name, found in SUBJECTS.items()}
    return AuditFilter(
        subject=None if kind in {None, Kind.EMPLOYEE} else f"{names[kind]}:{key}",
        employee=EmployeeId(key) if kind is Kind.EMPLOYEE and key is not None else None,
        actor=None if where.by is None else EmployeeId(key_of(where.by, Kind.EMPLOYEE)),
        action=where.action,
        since=where.since,
        until=where.until,
    )
