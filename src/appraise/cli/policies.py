"""Commands about the policy: show, lint, schema, try."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from appraise.cli.data import Json
from appraise.domain.language import in_percent

if TYPE_CHECKING:
    from appraise.domain.scorecards import Coverage
    from appraise.scoring.sensitivity import WeightShift
    from appraise.use_cases.compare_runs import IndicatorChanges, RunChanges

commands = typer.Typer(
    help="The policy: what is scored, by which rules, from how much evidence.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

File = Annotated[Path, typer.Argument(help="Policy document (TOML).")]


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="policy")
    app.command()(indicators)


def indicators(json: Json = False) -> None:
    """List what can be measured: Appraise's own indicators and those that installed packages add.

    A policy scores an indicator that has a table [indicators.KEY]; the table may be empty. Exit code 1 where a package
    offers an indicator that cannot be used.

    Example:  appraise indicators
    """
    from appraise.cli.indicators import print_indicators

    if not print_indicators(json=json):
        raise typer.Exit(1)


@commands.command()
def show(
    cycle: Annotated[str, typer.Option(help="The policy that this cycle was last scored by.")] = "",
    json: Json = False,
) -> None:
    """Print the policy in force, each key with its default and where that comes from. The output is a policy document.

    \b
    Examples:
      appraise policy show > policy.toml
      appraise policy show --cycle 2025

    """
    from appraise.bootstrap import open_deployment
    from appraise.cli.deployment import AT_THE_MACHINE, cycle_named
    from appraise.cli.output import print_json
    from appraise.domain.policy_documents import document_of, policy_hash, to_toml
    from appraise.settings import Settings
    from appraise.use_cases.read_policy import policy_in_force, policy_of_cycle

    settings = Settings()
    if cycle:
        deployment = open_deployment(settings)
        policy = policy_of_cycle(deployment, AT_THE_MACHINE, cycle_named(deployment, cycle).id)
    else:
        policy = policy_in_force(settings.policy)
    if json:
        print_json(document_of(policy).as_json())
    else:
        typer.echo(f"# SHA-256 {policy_hash(policy)}\n{to_toml(policy)}", nl=False)


@commands.command()
def lint(file: File, json: Json = False) -> None:
    """Say what is wrong or odd about a policy. Exit code 1 where there are errors, which also stop scoring.

    Example:  appraise policy lint policy.toml
    """
    from appraise.cli.output import print_json
    from appraise.domain.policy_lint import Level
    from appraise.domain.policy_lint import lint as findings_of
    from appraise.use_cases.read_policy import read_document

    findings = findings_of(read_document(file))
    if json:
        print_json(findings)
    else:
        for finding in findings:
            typer.echo(str(finding))
        errors = sum(finding.level is Level.ERROR for finding in findings)
        typer.echo(f"{file}: {_counted(errors, 'error')}, {_counted(len(findings) - errors, 'warning')}")
    if any(finding.level is Level.ERROR for finding in findings):
        raise typer.Exit(1)


@commands.command()
def schema() -> None:
    """Print the JSON Schema of a policy document, for editors and other programs.

    Example:  appraise policy schema > policy.schema.json
    """
    from appraise.domain.policy_documents import schema_text
    from appraise.scoring.installed import installed

    installed()
    typer.echo(schema_text(), nl=False)


@commands.command("try")
def try_(
    file: Annotated[
        Path | None, typer.Argument(help="Policy document (TOML); the one in force where not given.")
    ] = None,
    cycle: Annotated[str, typer.Option(help="Name of a scored cycle; the newest where not given.")] = "",
    json: Json = False,
) -> None:
    """Show what a policy would change in a cycle that was scored, and how far its weights decide. Nothing is written.

    Example:  appraise policy try policy.toml --cycle 2025
    """
    from appraise.bootstrap import open_deployment
    from appraise.cli.deployment import AT_THE_MACHINE, cycle_named
    from appraise.cli.output import print_json, progress_bar
    from appraise.settings import Settings
    from appraise.use_cases.read_policy import policy_in_force
    from appraise.use_cases.try_policy import try_policy

    settings = Settings()
    policy = policy_in_force(file or settings.policy)
    deployment = open_deployment(settings)
    wanted = cycle_named(deployment, cycle)
    with progress_bar(f"Trying the policy on {wanted.name}") as advance:
        changes = try_policy(
            deployment, AT_THE_MACHINE, wanted.id, policy, memory_limit=settings.memory_limit, progress=advance
        )
    if json:
        print_json(changes)
        return
    typer.echo(f"{wanted.name} by {file or 'the policy in force'}, beside its last run:")
    if unexpected := [name for name in changes.inputs if name != "policy"]:
        typer.echo(f"  not only the policy differs, also: {', '.join(unexpected)}")
    for part in changes.indicators:
        _print_indicator(part)
    _print_weights(changes.weights)
    typer.echo("Nothing was written.")


def print_changes(changes: "RunChanges") -> None:
    """After a run: what reads otherwise than in the run before, and what the runs do not have in common."""
    because = f" ({', '.join(changes.inputs)} changed)" if changes.inputs else " (computed from the same)"
    count = sum(len(part.readings) for part in changes.indicators)
    typer.echo(f"Since the run before{because}: {_counted(count, 'result')} otherwise")
    for part in changes.indicators:
        for change in part.readings:
            kept = "; handed in, so the section keeps what it had" if change.handed_in else ""
            typer.echo(f"  {change.name}, {_named(part).lower()}: {change.before} → {change.after}{kept}")


def _print_indicator(part: "IndicatorChanges") -> None:
    from appraise.domain.indicators import COMPOSITE
    from appraise.use_cases.compare_runs import Side

    before, after = part.estimates
    typer.echo(f"\n{_named(part)}")
    typer.echo(f"  figures    {before:,} → {after:,}; {part.appeared:,} appear, {part.vanished:,} vanish")
    if part.indicator != COMPOSITE:
        typer.echo(f"  attributed {_share(part.coverage[0])} → {_share(part.coverage[1])}")
    moved = [change for change in part.readings if Side.ABSENT not in {change.before.side, change.after.side}]
    sides = sum(change.before.side is not change.after.side for change in moved)
    typer.echo(
        f"  readings   {_counted(sides, 'employee')} on another side, {len(moved) - sides:,} more at another level"
    )
    for change in moved:
        typer.echo(f"    {change.name}: {change.before} → {change.after}")
    if part.moves:
        typer.echo("  largest moves, by name")
    for move in part.moves:
        typer.echo(f"    {move.name}: {move.before:.2f} → {move.after:.2f}")


def _named(part: "IndicatorChanges") -> str:
    from appraise.domain.indicators import COMPOSITE, definition_of

    return "Taken together" if part.indicator == COMPOSITE else definition_of(part.indicator).name


def _print_weights(shifts: "tuple[WeightShift, ...]") -> None:
    """How many composites have another level where one weight moves by ten points and the others make room."""
    from appraise.domain.indicators import definition_of

    if not shifts:
        return
    typer.echo(f"\nWeights: composites at another level, of {shifts[0].compared:,}, where one weight moves")
    for shift in shifts:
        share = f" ({in_percent(shift.changed / shift.compared)})" if shift.compared else ""
        name = definition_of(shift.indicator).name
        typer.echo(
            f"  {name:<18}{in_percent(shift.weight):>6} → {in_percent(shift.moved_to):>5}  {shift.changed:,}{share}"
        )


def _share(coverage: "Coverage | None") -> str:
    if coverage is None:
        return "not scored"
    return in_percent(coverage.attributed / coverage.total, 1) if coverage.total else "nothing to attribute"


def _counted(n: int, word: str) -> str:
    return f"{n:,} {word}" if n == 1 else f"{n:,} {word}s"
