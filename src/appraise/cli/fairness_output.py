"""What the commands about adverse impact print."""

from pathlib import Path

from appraise.bootstrap import open_deployment, utc_now
from appraise.cli.deployment import AT_THE_MACHINE, person_named
from appraise.cli.output import console, print_json
from appraise.settings import Settings
from appraise.storage.protected import ProtectedStore
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.erase_protected_attributes import erase_protected_attributes
from appraise.use_cases.import_protected_attributes import ProtectedReport, import_protected_attributes

SHOWN = 20


def open_with_store() -> tuple[Deployment, ProtectedStore]:
    settings = Settings()
    deployment = open_deployment(settings)
    return deployment, ProtectedStore(settings.resolved_protected_url, records=deployment.database.url)


def import_and_print(path: Path, *, namespace: str | None, dry_run: bool, json: bool) -> int:
    """The number of rejected rows."""
    deployment, store = open_with_store()
    report = import_protected_attributes(
        deployment, store, AT_THE_MACHINE, path, namespace=namespace, at=utc_now(), dry_run=dry_run
    )
    if json:
        print_json(report)
    else:
        _print_import(report)
    return len(report.rejected)


def erase_and_print(employee: str) -> None:
    deployment, store = open_with_store()
    person = person_named(deployment, employee).employee if employee else None
    erased = erase_protected_attributes(
        deployment, store, AT_THE_MACHINE, None if person is None else person.id, at=utc_now()
    )
    whose = "everybody" if person is None else person.display_name
    _line(f"{erased:,} categories of {whose} erased")


def _print_import(report: ProtectedReport) -> None:
    outcome = "dry run, nothing written" if report.dry_run else "written" if report.people else "nothing written"
    _line(f"{report.file}: {report.people:,} people; {outcome}")
    for attribute, known in report.known.items():
        _line(f"  {attribute}: known of {known:,}, blank for {report.people - known:,}")
    if report.rejected:
        _line(f"  {len(report.rejected):,} rows rejected:")
    for row in report.rejected[:SHOWN]:
        column = "" if row.column is None else f", column {row.column!r}"
        _line(f"    row {row.row}{column}: {row.reason} (found {row.value!r})")
    if len(report.rejected) > SHOWN:
        _line(f"    … and {len(report.rejected) - SHOWN:,} more; --json lists all")


def _line(text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
