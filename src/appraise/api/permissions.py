"""What a field asks of whoever reads it: one declared permission, decided once per request.

Rows are not decided here: every use case takes the principal and adds its own predicate. A refused field is null and
its error says FORBIDDEN, so that a client can tell *withheld* from *absent*.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

import strawberry
from strawberry.extensions.field_extension import FieldExtension

from appraise.api.context import RequestContext
from appraise.domain.access import (
    NOTHING,
    AuditScope,
    Principal,
    Role,
    audit_scope,
    may_administer,
    may_grant_roles,
    may_import,
    may_mint_embed_tokens,
    may_read_audit,
    may_read_benchmarks,
    may_read_departments,
    may_read_evidence,
    may_read_person_requests,
    may_watch,
    people_scope,
    section_scope,
    sees_standings,
)
from appraise.domain.exports import ExportKind, may_export
from appraise.errors import Forbidden


class Permission(StrEnum):
    READ_PEOPLE = "read people"
    READ_SECTIONS = "read sections"
    READ_STANDINGS = "read where people stand among the others"
    READ_BENCHMARKS = "read where peers lie"
    READ_EVIDENCE = "read the events behind figures"
    READ_RUNS = "read scoring runs"
    MANAGE_WEBHOOKS = "manage webhooks"
    MANAGE_TOKENS = "manage access tokens"
    GRANT_ROLES = "grant roles"
    RATE_ITEM = "rate items"
    SUBMIT_SECTION = "submit sections"
    RETURN_SECTION = "return sections"
    FINALISE_SECTION = "finalise sections"
    ASSESS_SELF = "assess themselves"
    APPROVE_SECTION = "approve sections"
    SHARE_SECTION = "share sections"
    ANSWER_SECTION = "answer to their own section"
    ADMINISTER_SECTIONS = "release, exempt, void and reopen sections"
    MANAGE_CYCLES = "manage cycles"
    READ_DEPARTMENTS = "read departments"
    READ_AUDIT_LOG = "read the audit log"
    MINT_EMBED_TOKENS = "mint tokens for viewers"
    EXPORT = "export anything"
    IMPORT = "import"
    SCORE = "score cycles"
    MANAGE_PERSON_REQUESTS = "export and erase people"
    READ_PERSON_REQUESTS = "read who is to be exported or erased"
    READ_VERDICTS = "read verdicts about groups"
    KEEP_WATCHES = "keep watch-lists"
    WRITE_BACK = "decide what is written into HR systems"
    NAME_DELEGATES = "name who stands in for them"


def _is_person(principal: Principal) -> bool:
    return principal.employee is not None and not principal.is_service


def _is_hr(principal: Principal) -> bool:
    return _is_person(principal) and Role.HR_ADMINISTRATOR in principal.roles


RULES: Final[dict[Permission, Callable[[Principal], bool]]] = {
    Permission.READ_PEOPLE: lambda principal: people_scope(principal) != NOTHING,
    Permission.READ_SECTIONS: lambda principal: section_scope(principal) != NOTHING,
    Permission.READ_STANDINGS: sees_standings,
    Permission.READ_BENCHMARKS: may_read_benchmarks,
    Permission.READ_EVIDENCE: may_read_evidence,
    Permission.READ_RUNS: lambda principal: may_administer(principal) or may_read_audit(principal),
    Permission.MANAGE_WEBHOOKS: may_administer,
    Permission.MANAGE_TOKENS: may_administer,
    Permission.GRANT_ROLES: may_grant_roles,
    Permission.RATE_ITEM: _is_person,
    Permission.SUBMIT_SECTION: _is_person,
    Permission.RETURN_SECTION: _is_person,
    Permission.FINALISE_SECTION: _is_hr,
    Permission.ASSESS_SELF: _is_person,
    Permission.APPROVE_SECTION: _is_person,
    Permission.SHARE_SECTION: _is_person,
    Permission.ANSWER_SECTION: _is_person,
    Permission.ADMINISTER_SECTIONS: _is_hr,
    Permission.MANAGE_CYCLES: may_administer,
    Permission.READ_DEPARTMENTS: may_read_departments,
    Permission.READ_AUDIT_LOG: lambda principal: audit_scope(principal) is not AuditScope.NOTHING,
    Permission.MINT_EMBED_TOKENS: may_mint_embed_tokens,
    Permission.IMPORT: may_import,
    Permission.SCORE: may_administer,
    Permission.MANAGE_PERSON_REQUESTS: may_administer,
    Permission.NAME_DELEGATES: lambda principal: _is_person(principal) and principal.embedded is None,
    Permission.READ_PERSON_REQUESTS: may_read_person_requests,
    Permission.READ_VERDICTS: may_administer,
    Permission.KEEP_WATCHES: may_watch,
    Permission.WRITE_BACK: may_administer,
    Permission.EXPORT: lambda principal: any(may_export(principal, kind) for kind in ExportKind),
}


class Requires(FieldExtension):
    """`extensions=[Requires(Permission.RATE_ITEM)]`. Synchronous: async checks cost several times the field itself."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    def resolve(self, next_: Callable[..., Any], source: Any, info: strawberry.Info, **kwargs: Any) -> Any:
        require(info.context, self.permission)
        return next_(source, info, **kwargs)


def require(context: RequestContext, permission: Permission) -> None:
    """Raises `Forbidden` where whoever asks does not have it."""
    if not context.once(permission, RULES[permission]):
        raise Forbidden(
            f"{context.principal.name} may not {permission}",
            hint="ask an HR administrator for the role or the token's scope",
        )
