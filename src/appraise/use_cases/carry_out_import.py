"""Do what an import's job wants next: plan it, apply it, or take its load back."""

import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from appraise.adapters.code_pages import as_declared
from appraise.adapters.contract import EmployeeSource, EventSource, ImportOptions, MixedSource
from appraise.adapters.discovery import adapter_named
from appraise.domain.access import Principal
from appraise.domain.identifiers import UploadId
from appraise.domain.imports import Stage, load_of, stage_of
from appraise.domain.jobs import Job
from appraise.domain.progress import Advance
from appraise.errors import NotFound
from appraise.events.report import ImportReport
from appraise.storage import uploads
from appraise.use_cases.asker import as_now
from appraise.use_cases.change_import import check_kind
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.files import existing, new_file, path_of
from appraise.use_cases.import_events import import_events
from appraise.use_cases.import_people import import_people
from appraise.use_cases.import_reports import document_of
from appraise.use_cases.people_report import PeopleReport
from appraise.use_cases.rejected_rows import write_rejected
from appraise.use_cases.section_view import Actor
from appraise.use_cases.undo_load import undo_load


def carry_out_import(deployment: Deployment, job: Job, *, at: datetime, progress: Advance) -> dict[str, Any]:
    """What came of the job, earlier stages included.

    Raises what the use cases of the command line raise, and `Forbidden` where the asker may not import any more.
    """
    with deployment.database.reading() as session:
        principal = as_now(session, job.asker, since=job.asked_at, at=at)
    before = dict(job.outcome or {})
    if stage_of(job) is Stage.UNDO:
        return before | {"undone": _undone(deployment, job, principal, at)}
    with tempfile.TemporaryDirectory(prefix="appraise-") as directory:
        file = _File(deployment, job, principal, Path(directory), at, progress)
        if stage_of(job) is Stage.PLAN:
            return file.planned()
        return before | {"applied": document_of(file.imported(dry_run=False, rejected_to=None))}


def _undone(deployment: Deployment, job: Job, principal: Principal, at: datetime) -> dict[str, Any]:
    check_kind(principal, holds_people=False)
    load = load_of(job)
    if load is None:
        raise NotFound("the import made no load of events")
    undone = undo_load(deployment, load, at=at, actor=Actor.of(principal).id)
    return {"rows": sum(undone.rows.values()), "repeat": list(undone.repeat)}


@dataclass(frozen=True, slots=True)
class _File:
    """The file under its sender's name, in a directory of its own: adapters and reports name it so."""

    deployment: Deployment
    job: Job
    principal: Principal
    directory: Path
    at: datetime
    progress: Advance

    def planned(self) -> dict[str, Any]:
        """With the name of the file of all rejected rows, where there are any."""
        with new_file(self.deployment, "csv") as (name, _):
            path = path_of(self.deployment, name)
            report = self.imported(dry_run=True, rejected_to=self.directory / "rejected.csv")
            if isinstance(report, PeopleReport):
                write_rejected(path, report.rejected)
            elif (self.directory / "rejected.csv").exists():
                path.write_bytes((self.directory / "rejected.csv").read_bytes())
        rejected = len(report.rejected) if isinstance(report, PeopleReport) else report.rejected
        if rejected:
            return {"plan": document_of(report), "file": name}
        path.unlink()
        return {"plan": document_of(report)}

    def imported(self, *, dry_run: bool, rejected_to: Path | None) -> PeopleReport | ImportReport:
        with as_declared(self._path(), self._options()) as (path, options):
            return self._imported(path, options, dry_run=dry_run, rejected_to=rejected_to)

    def _imported(
        self, path: Path, options: ImportOptions, *, dry_run: bool, rejected_to: Path | None
    ) -> PeopleReport | ImportReport:
        wanted, actor = self.job.wanted, Actor.of(self.principal).id
        holds_people = _holds_people(wanted["adapter"], path, options)
        check_kind(self.principal, holds_people=holds_people)
        if holds_people:
            return import_people(
                self.deployment,
                wanted["adapter"],
                path,
                options,
                at=self.at,
                dry_run=dry_run,
                progress=self.progress,
                error_policy=wanted["onError"],
                actor=actor,
            )
        return import_events(
            self.deployment,
            wanted["adapter"],
            path,
            options,
            at=self.at,
            dry_run=dry_run,
            error_policy=wanted["onError"],
            rejected_to=rejected_to,
            progress=self.progress,
            actor=actor,
        )

    def _path(self) -> Path:
        wanted = self.job.wanted
        with self.deployment.database.reading() as session:
            upload = uploads.get(session, UploadId(wanted["upload"]))
        if upload is None:
            raise NotFound("the file has been cleared away", hint="send it again")
        inbox = self.directory / "file"
        inbox.mkdir(exist_ok=True)
        path = inbox / str(wanted["name"])
        path.symlink_to(existing(self.deployment, upload.file))
        return path

    def _options(self) -> ImportOptions:
        wanted = self.job.wanted
        mapping = None
        if wanted["mapping"] is not None:
            mapping = self.directory / "mapping.toml"
            mapping.write_text(wanted["mapping"], encoding="utf-8")
        return ImportOptions(
            source=wanted["source"],
            time_zone=wanted["timeZone"],
            date_format=wanted["dateFormat"],
            as_of=None if wanted["asOf"] is None else date.fromisoformat(wanted["asOf"]),
            mapping=mapping,
            settings=wanted["settings"],
        )


def _holds_people(name: str, path: Path, options: ImportOptions) -> bool:
    adapter = adapter_named(name)
    if isinstance(adapter, MixedSource):
        return adapter.holds_people(path, options)
    return isinstance(adapter, EmployeeSource) and not isinstance(adapter, EventSource)
