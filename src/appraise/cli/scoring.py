"""`appraise score` and `appraise export`."""

from datetime import date, timedelta
from pathlib import Path

from appraise.bootstrap import open_deployment, utc_now
from appraise.cli.deployment import AT_THE_MACHINE, cycle_named
from appraise.cli.output import console, print_json, progress_bar
from appraise.cli.policies import print_changes
from appraise.domain.cycles import Cycle
from appraise.domain.explanations import own_share
from appraise.domain.indicators import COMPOSITE, definition_of
from appraise.domain.language import in_percent
from appraise.domain.periods import Period
from appraise.domain.policies import DEFAULT_POLICY, Policy
from appraise.domain.reading import ScoringRun
from appraise.errors import InvalidInput, NotFound
from appraise.settings import Settings
from appraise.use_cases.compare_runs import compare_with_previous
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.export_sections import ExportFormat, export_sections
from appraise.use_cases.open_cycle import open_cycle
from appraise.use_cases.read_cycles import list_cycles
from appraise.use_cases.score_cycle import score_cycle


def score_named_cycle(
    name: str,
    *,
    start: date | None,
    end: date | None,
    policy: Policy = DEFAULT_POLICY,
    deployment: Deployment | None = None,
) -> ScoringRun:
    settings = Settings()
    deployment = deployment or open_deployment(settings)
    cycle = _cycle(deployment, name, start, end)
    with progress_bar(f"Scoring {cycle.name}") as advance:
        return score_cycle(
            deployment, cycle.id, policy, clock=utc_now, memory_limit=settings.memory_limit, progress=advance
        )


def _cycle(deployment: Deployment, name: str, start: date | None, end: date | None) -> Cycle:
    known = {cycle.name for cycle in list_cycles(deployment, AT_THE_MACHINE)}
    if name in known:
        cycle = cycle_named(deployment, name)
        if (start or cycle.period.start, end or cycle.period.end) != (cycle.period.start, cycle.period.end):
            raise InvalidInput(
                f"the cycle {name} is {cycle.period}", hint="leave out --from and --to, or name another cycle"
            )
        return cycle
    if start is None or end is None:
        raise NotFound(f"there is no cycle named {name!r} yet", hint="open it with --from and --to")
    return open_cycle(deployment, name, Period(start, end), at=utc_now())


def print_run(run: ScoringRun, *, json: bool) -> None:
    if json:
        print_json(run)
        return
    took = (run.finished_at or run.started_at) - run.started_at
    seconds = f"{took.total_seconds():.1f} s"
    console.print(f"Scoring run {run.id}: {run.state.value.lower()} in {seconds}", highlight=False)
    if run.manifest is not None:
        console.print(f"  Data to {run.manifest.data_as_of - timedelta(days=1)}", highlight=False)
    for one in () if run.manifest is None else run.manifest.in_place:
        said = f"  In place: {one.name}, {one.state}: {one.taken:,} of {one.rows:,} rows are events"
        console.print(said, highlight=False, soft_wrap=True, markup=False)
    print_coverage(run)
    print_summary(run)
    for warning in () if run.manifest is None else run.manifest.policy_warnings:
        console.print(f"  Policy {warning}", highlight=False, soft_wrap=True, markup=False)
    if (changes := compare_with_previous(open_deployment(Settings()), AT_THE_MACHINE, run)) is not None:
        print_changes(changes)
    console.print("Next: appraise show EMPLOYEE --why", style="dim")


def print_coverage(run: ScoringRun) -> None:
    """How much of the outcomes could be laid at somebody's door, and why the rest could not."""
    for coverage in run.coverage:
        share = (
            f"{in_percent(coverage.attributed / coverage.total, 1)} attributed"
            if coverage.total
            else "nothing to attribute"
        )
        why = "".join(f"; {reason}: {count:,.0f}" for reason, count in coverage.why)
        name = definition_of(coverage.indicator).name
        console.print(f"  {name}: {coverage.total:,.0f} outcomes, {share}{why}", highlight=False, soft_wrap=True)
        for note in coverage.notes:
            console.print(f"    {note}", highlight=False, soft_wrap=True, markup=False)


def print_summary(run: ScoringRun) -> None:
    """What the run assumed of everybody, and how many it flags."""
    if run.summary is None:
        return
    console.print(f"  {own_share(run.summary.attributable_share)}", highlight=False, soft_wrap=True)
    for flags in run.summary.flags:
        count = flags.better + flags.worse
        wrong = f"; {in_percent(flags.expected_wrong, 1)} of them expected to be wrong" if count else ""
        name = "Taken together" if flags.indicator == COMPOSITE else definition_of(flags.indicator).name
        console.print(
            f"  {name}: {count:,} of {flags.judged:,} flagged as different from expected"
            f" ({flags.better:,} better, {flags.worse:,} worse{wrong})",
            highlight=False,
            soft_wrap=True,
        )


def export_cycle(name: str, to: Path, *, format: str) -> None:  # noqa: A002  # the option's natural name
    deployment = open_deployment(Settings())
    cycle = cycle_named(deployment, name)
    draft = to.with_name(to.name + ".part")
    with draft.open("wb") as file:
        count = export_sections(
            deployment, AT_THE_MACHINE, cycle.id, format=ExportFormat(format), write=file.write, at=utc_now()
        )
    draft.replace(to)
    console.print(f"{count:,} finalised sections of {cycle.name} written to {to}", highlight=False, soft_wrap=True)
