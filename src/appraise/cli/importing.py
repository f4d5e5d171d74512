"""`appraise import`: one file of people or events, and its report."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.table import Table

from appraise.adapters.code_pages import as_declared
from appraise.adapters.contract import EmployeeSource, EventSource, ImportOptions, MixedSource
from appraise.adapters.discovery import adapter_named
from appraise.bootstrap import open_without_indicators, utc_now
from appraise.cli.deployment import AT_THE_MACHINE
from appraise.cli.output import console, print_json, reading_bar
from appraise.domain.mapping import RejectedRow
from appraise.domain.money import MINOR_DIGITS
from appraise.errors import InvalidInput
from appraise.events.ingest import ErrorPolicy
from appraise.events.log import KindCounts
from appraise.events.report import ImportReport
from appraise.settings import Settings
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.export_people import export_people
from appraise.use_cases.export_sections import ExportFormat
from appraise.use_cases.import_events import import_events
from appraise.use_cases.import_people import import_people
from appraise.use_cases.people_changes import ChangedFact, PersonChange
from appraise.use_cases.people_report import PeopleReport
from appraise.use_cases.rejected_rows import write_rejected

SHOWN = 10
PLANNED = 50
"""Changed people of a dry run."""


def import_one(  # the command's own options
    adapter: str,
    path: Path,
    options: ImportOptions,
    *,
    dry_run: bool,
    on_error: ErrorPolicy,
    rejected_to: Path | None,
    to_mend: Path | None,
    json: bool,
    quiet: bool,
    which: tuple[int, int],
) -> int:
    """Import one file and print what came of it; the number of rejected rows, those of the first in a new file.

    `which` is the file's number, and of how many.
    """
    number, of = which
    place = f" ({number} of {of})" if of > 1 else ""
    deployment = open_without_indicators(Settings())
    with _part_of(rejected_to, first=number == 1) as part:
        report = load(
            deployment,
            adapter,
            path,
            options,
            dry_run=dry_run,
            on_error=on_error,
            rejected_to=part,
            to_mend=to_mend,
            title=f"Importing {path.name}{place}",
            quiet=quiet or json,
        )
    if json:
        print_json({"file": path.name, **_plain(report)})
    elif isinstance(report, PeopleReport):
        print_people(path, report, rejected_to)
    else:
        print_events(path, report, rejected_to, to_mend)
    return len(report.rejected) if isinstance(report, PeopleReport) else report.rejected


@contextmanager
def _part_of(whole: Path | None, *, first: bool) -> Iterator[Path | None]:
    """The file itself, or one whose rows are added to it."""
    if whole is None or first:
        yield whole
        return
    with TemporaryDirectory(prefix="appraise-") as directory:
        part = Path(directory) / "rejected.csv"
        yield part
        with whole.open("a", encoding="utf-8", newline="") as file:
            file.write(part.read_text(encoding="utf-8").partition("\n")[2] if part.exists() else "")


def load(  # the command's own options
    deployment: Deployment,
    adapter: str,
    path: Path,
    options: ImportOptions,
    *,
    dry_run: bool = False,
    on_error: ErrorPolicy = "reject-rows",
    rejected_to: Path | None = None,
    to_mend: Path | None = None,
    title: str = "",
    quiet: bool = False,
) -> PeopleReport | ImportReport:
    bar = reading_bar(title or f"Importing {path.name}", quiet=quiet)
    with bar as (advance, watch), as_declared(path, options) as (path, options):  # noqa: PLR1704  # as it is to be read
        if _holds_people(adapter, path, options):
            if to_mend is not None:
                raise InvalidInput(
                    "rows of people are not written apart",
                    expected="events with --to-mend",
                    hint="see the rejected rows with --rejected-to, mend the export and import it again as a whole",
                )
            report = import_people(
                deployment,
                adapter,
                path,
                options,
                at=utc_now(),
                dry_run=dry_run,
                progress=advance,
                error_policy=on_error,
            )
            if rejected_to is not None:
                write_rejected(rejected_to, report.rejected)
            return report
        return import_events(
            deployment,
            adapter,
            path,
            options,
            at=utc_now(),
            dry_run=dry_run,
            error_policy=on_error,
            rejected_to=rejected_to,
            to_mend=to_mend,
            progress=advance,
            watch=watch,
        )


def _holds_people(name: str, path: Path, options: ImportOptions) -> bool:
    adapter = adapter_named(name)
    if isinstance(adapter, MixedSource):
        return adapter.holds_people(path, options)
    return isinstance(adapter, EmployeeSource) and not isinstance(adapter, EventSource)


def print_suggestion(name: str, path: Path) -> None:
    adapter = adapter_named(name)
    if not isinstance(adapter, MixedSource):
        raise InvalidInput(
            f"the adapter {name!r} knows its columns and takes no mapping to start from",
            hint="use `appraise import csv FILE --suggest-mapping` for a table of your own",
        )
    console.print(adapter.suggest_mapping(path), soft_wrap=True, highlight=False, markup=False)


def export_to(to: Path, source: str, *, format: str) -> None:  # noqa: A002  # the option's natural name
    deployment = open_without_indicators(Settings())
    draft = to.with_name(to.name + ".part")
    done = export_people(
        deployment, AT_THE_MACHINE, source, format=ExportFormat(format), write=draft.write_bytes, at=utc_now()
    )
    draft.replace(to)
    told = f"{done.people:,} people of {source} written to {to}, in {done.rows:,} rows"
    console.print(told, highlight=False, soft_wrap=True)
    again = f"appraise import csv {to} --source {source} --as-of {done.as_of}"
    console.print(f"  read again by: {again}", highlight=False, soft_wrap=True)


def print_people(path: Path, report: PeopleReport, rejected_to: Path | None = None) -> None:
    tense = "would be" if report.dry_run or report.refused else "are"
    back = f" {report.rehired:,} rehired," if report.rehired else ""
    console.print(
        f"{path.name}: {report.created:,} people {tense} new, {report.changed:,} changed,{back} {report.ended:,} ended,"
        f" {report.unchanged:,} unchanged (as of {report.as_of})",
        highlight=False,
        soft_wrap=True,
    )
    if report.refused:
        console.print("  refused as a whole, as a row is rejected: nothing is written", highlight=False)
    if report.dry_run and report.changes:
        _print_changes(report.changes)
    if report.conflicting:
        told = f"  {report.conflicting:,} of the rejected rows hold ids of different employees."
        console.print(told, highlight=False, soft_wrap=True)
    if report.proposals:
        _lines(
            "New people who may be known already; nothing was merged. To join them, name a column that holds the known"
            " id (--set reference.NAMESPACE=COLUMN) before they are imported",
            (
                f"row {one.row}: {one.key} {one.name} may be {one.known_name} ({one.known}): the same"
                f" {' and '.join(one.shared)}"
                for one in report.proposals
            ),
        )
    if report.loops:
        _lines("Reporting loops, not stored", (" → ".join(path) for path in report.loops))
    if report.unresolved_managers:
        _lines(
            "Managers whom nobody is known by yet; they are filled in when an import brings them",
            (
                f"row {who.row}: {who.employee.value} reports to {who.manager.value} ({who.reason})"
                for who in report.unresolved_managers
            ),
        )
    _common(report.warnings, report.unmapped_columns)
    _rejected(len(report.rejected), report.rejected)
    _kept(len(report.rejected), rejected_to, None)


def _print_changes(changes: tuple[PersonChange, ...]) -> None:
    """What a dry run would change of whom; all of it with --json."""
    table = Table("", "id", "name", "what", box=None, header_style="bold", pad_edge=False)
    for change in changes[:PLANNED]:
        outcome = change.outcome if change.since is None else f"{change.outcome} from {change.since}"
        table.add_row(outcome, change.key, change.name, "\n".join(_fact(fact) for fact in change.facts))
    console.print(table)
    if len(changes) > PLANNED:
        told = f"  … and {len(changes) - PLANNED:,} more; --json tells of all"
        console.print(told, style="dim", highlight=False)


def _fact(fact: ChangedFact) -> str:
    since = "" if fact.since is None else f" ({'until' if fact.after is None else 'from'} {fact.since})"
    return f"{fact.fact.replace('_', ' ')}: {fact.before or 'none'} → {fact.after or 'none'}{since}"


def print_events(path: Path, report: ImportReport, rejected_to: Path | None, to_mend: Path | None = None) -> None:
    if report.repeated:
        console.print(
            f"{path.name}: already loaded as {report.load_id}; nothing to do", highlight=False, soft_wrap=True
        )
        _kept(report.rejected, rejected_to, to_mend)
        return
    outcome = "refused as a whole" if report.refused else "dry run, nothing written" if report.dry_run else "loaded"
    console.print(
        f"{path.name}: {report.read:,} rows read; {outcome} (load {report.load_id})", highlight=False, soft_wrap=True
    )
    for kind, counts in report.counts.items():
        console.print(f"  {kind.value}: {_outcomes(counts)}{_span(counts)}", highlight=False, soft_wrap=True)
        if counts.withdrawn:
            console.print(f"    withdrawn: {counts.withdrawn:,} that an earlier load had counted", highlight=False)
        for currency, amount in counts.money.items():
            digits = MINOR_DIGITS.get(currency, 2)
            total = f"{amount / 10**digits:,.{digits}f} {currency}"
            console.print(f"    sum: {total}", style="dim", highlight=False)
    if report.skipped_by_reason:
        _lines("Left out on purpose", _reasons(report.skipped_by_reason))
    if report.unknown_employees:
        _lines(
            "People whom the HRIS does not know (yet); their events wait",
            (f"{who.namespace} {who.key}: {who.rows:,} rows" for who in report.unknown_employees),
        )
    _common(report.warnings, report.unmapped_columns)
    _rejected(report.rejected, report.rejected_sample)
    if report.rejected_by_reason:
        _lines("Why", _reasons(report.rejected_by_reason))
    _kept(report.rejected, rejected_to, to_mend)


def _outcomes(counts: KindCounts) -> str:
    """How many rows went which way; only `accepted` is said when it is none."""
    superseding = f" ({counts.superseding:,} of them superseding)" if counts.superseding else ""
    others = {
        "unchanged": counts.unchanged,
        "duplicate": counts.duplicates,
        "left out": counts.skipped,
        "rejected": counts.rejected,
    }
    return f"{counts.accepted:,} accepted{superseding}" + "".join(
        f", {number:,} {word}" for word, number in others.items() if number
    )


def _span(counts: KindCounts) -> str:
    if counts.first is None or counts.last is None:
        return ""
    return f", {counts.first:%Y-%m-%d} to {counts.last:%Y-%m-%d}"


def _reasons(counts: Mapping[str, int]) -> Iterable[str]:
    return (f"{count:,} × {reason}" for reason, count in sorted(counts.items(), key=lambda pair: -pair[1]))


def _common(warnings: tuple[str, ...], unmapped: tuple[str, ...]) -> None:
    if warnings:
        _lines("Mind", warnings)
    if unmapped:
        named = ", ".join(unmapped[:SHOWN]) + (f" and {len(unmapped) - SHOWN} more" if len(unmapped) > SHOWN else "")
        console.print(f"  Columns not read: {named}", style="dim", highlight=False, soft_wrap=True)


def _rejected(count: int, sample: tuple[RejectedRow, ...]) -> None:
    if count:
        _lines(
            f"{count:,} rows rejected",
            (
                f"row {row.row}{f', column {row.column!r}' if row.column else ''}: {row.reason} (found {row.value!r})"
                for row in sample
            ),
        )


def _kept(rejected: int, rejected_to: Path | None, to_mend: Path | None) -> None:
    """Where the rejected rows are told of, and where they lie."""
    if rejected and rejected_to is not None:
        console.print(f"  all of them, and why: {rejected_to}", highlight=False, soft_wrap=True)
    if rejected and to_mend is not None:
        console.print(f"  the rows themselves, to mend and import: in {to_mend}", highlight=False, soft_wrap=True)


def _lines(title: str, lines: Iterable[str]) -> None:
    console.print(f"  {title}:", highlight=False)
    listed = list(lines)
    for line in listed[:SHOWN]:
        console.print(f"    {line}", highlight=False, markup=False, soft_wrap=True)
    if len(listed) > SHOWN:
        console.print(f"    … and {len(listed) - SHOWN:,} more", style="dim", highlight=False)


def _plain(report: PeopleReport | ImportReport) -> dict[str, object]:
    return {name: value for name, value in asdict(report).items() if value not in ((), {}, None)}
