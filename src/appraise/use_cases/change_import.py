"""Ask for an import of a file that was sent: first its plan, then to carry it out, and to take it back."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from appraise.adapters.contract import EmployeeSource, EventSource
from appraise.adapters.days import check_time_zone
from appraise.adapters.discovery import adapter_named
from appraise.domain.access import Principal, may_administer, may_import, may_import_events, may_import_people
from appraise.domain.identifiers import JobId, UploadId
from appraise.domain.imports import Stage, may_apply, may_undo, names_sql, state_of
from appraise.domain.jobs import KEPT_FOR, Job, JobKind
from appraise.domain.sections import Refusal
from appraise.errors import Forbidden, InvalidInput, NotFound
from appraise.events.ingest import ErrorPolicy
from appraise.storage import audit, jobs, uploads
from appraise.storage.database import Session
from appraise.storage.identifiers import new_id
from appraise.use_cases.asker import asker_of
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """As the command line's options; `mapping` is the text of a mapping file."""

    upload: UploadId
    adapter: str
    source: str | None = None
    time_zone: str | None = None
    date_format: str | None = None
    as_of: date | None = None
    mapping: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    on_error: ErrorPolicy = "reject-rows"

    @property
    def document(self) -> dict[str, Any]:
        return {
            "upload": self.upload,
            "adapter": self.adapter,
            "source": self.source or self.adapter,
            "timeZone": self.time_zone,
            "dateFormat": self.date_format,
            "asOf": None if self.as_of is None else self.as_of.isoformat(),
            "mapping": self.mapping,
            "settings": dict(self.settings),
            "onError": self.on_error,
        }


def create_import(
    deployment: Deployment,
    principal: Principal,
    request: ImportRequest,
    *,
    at: datetime,
) -> Job:
    """The job that plans it: the same report as of the import, and nothing is written.

    Raises `Forbidden` for whoever may import nothing, `NotFound` for an adapter or upload that is not there,
    `InvalidInput` for options that cannot be.
    """
    if not may_import(principal):
        raise Forbidden(f"{principal.name} may not import")
    _check(request)
    actor = Actor.of(principal)

    def work(session: Session) -> Job:
        upload = uploads.get(session, request.upload)
        if upload is None or upload.expires_at <= at or upload.owner != principal.key:
            raise NotFound("there is no such upload, or its time is over", hint="send the file again")
        uploads.keep(session, upload.id, until=at + KEPT_FOR)
        about = {"file": upload.name, "bytes": upload.bytes, "sha256": upload.sha256, "stage": Stage.PLAN.value}
        wanted = {**request.document, "upload": upload.id, "name": about.pop("file"), **about}
        job = Job(JobId(new_id()), JobKind.IMPORT, principal.key, asker_of(session, principal), wanted, at)
        jobs.add(session, job)
        _record(session, job, actor, "plan", at)
        return job

    return committed(deployment, work)


def apply_import(deployment: Deployment, principal: Principal, key: JobId, *, at: datetime) -> Job | Refusal:
    """Carry out a planned import. Raises `Forbidden`, and `NotFound` where it is not the principal's to see."""

    def work(session: Session) -> Job | Refusal:
        job = visible_import(session, principal, key, at=at)
        if not may_apply(job):
            return Refusal("WRONG_STATE", f"the import is {state_of(job)}; to be applied it must be PLANNED")
        upload = uploads.get(session, UploadId(job.wanted["upload"]))
        if upload is None or upload.expires_at <= at:
            return Refusal("WRONG_STATE", "the file has been cleared away; send it again and plan anew")
        uploads.keep(session, upload.id, until=at + KEPT_FOR)
        return _going_on(session, job, principal, Stage.APPLY, at)

    return committed(deployment, work)


def undo_import(deployment: Deployment, principal: Principal, key: JobId, *, at: datetime) -> Job | Refusal:
    """Take a load of events back. Raises as `apply_import`."""
    if not may_import_events(principal):
        raise Forbidden(f"{principal.name} may not import events")

    def work(session: Session) -> Job | Refusal:
        job = visible_import(session, principal, key, at=at)
        if not may_undo(job):
            return Refusal("WRONG_STATE", f"the import is {state_of(job)}; only applied loads of events are undone")
        return _going_on(session, job, principal, Stage.UNDO, at)

    return committed(deployment, work)


def visible_import(session: Session, principal: Principal, key: JobId, *, at: datetime) -> Job:
    """HR administrators see all of them, services their own. Raises `Forbidden` and `NotFound`."""
    if not may_import(principal):
        raise Forbidden(f"{principal.name} may not import")
    found = jobs.get(session, key, JobKind.IMPORT)
    if found is None or not (may_administer(principal) or found.owner == principal.key):
        raise NotFound("there is no such import, or it is not yours to see")
    return found.as_of(at)


def check_kind(principal: Principal, *, holds_people: bool) -> None:
    """Raises `Forbidden`."""
    may = may_import_people(principal) if holds_people else may_import_events(principal)
    if not may:
        what = "people" if holds_people else "events"
        raise Forbidden(f"{principal.name} may not import {what}", hint=f"a token with the scope import:{what} may")


def _going_on(session: Session, job: Job, principal: Principal, stage: Stage, at: datetime) -> Job:
    wanted = {**job.wanted, "stage": stage.value}
    jobs.begin_again(session, job.id, asker=asker_of(session, principal), wanted=wanted, at=at)
    _record(session, job, Actor.of(principal), stage.value, at)
    after = jobs.get(session, job.id, JobKind.IMPORT)
    assert after is not None  # noqa: S101  # it was there above
    return after


def _record(session: Session, job: Job, actor: Actor, what: str, at: datetime) -> None:
    wanted = job.wanted
    details = [*actor.facts, *((name, str(wanted[name])) for name in ("adapter", "source", "sha256"))]
    details.append(("file", str(wanted["name"])))
    subject = f"import:{job.id}"
    audit.append(session, at=at, actor=actor.id, action=f"import.{what}", subject=subject, details=details)


def _check(request: ImportRequest) -> None:
    adapter = adapter_named(request.adapter)
    if not isinstance(adapter, EmployeeSource | EventSource):
        raise InvalidInput(f"the adapter {request.adapter!r} reads no files")
    if request.time_zone is not None:
        check_time_zone(request.time_zone)
    if request.mapping is None:
        return
    try:
        found = names_sql(tomllib.loads(request.mapping))
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"the mapping is not TOML: {error}") from error
    if found is not None:
        raise InvalidInput(
            f"the mapping has {found!r}, which runs SQL",
            expected="a mapping of columns, constants and words",
            hint="import this file by `appraise import`, at the machine",
        )
