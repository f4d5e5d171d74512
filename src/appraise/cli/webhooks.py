"""Commands about host systems that are told of what happens: webhook, deliver."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer

from appraise.cli.data import Json

webhook_commands = typer.Typer(
    help="Host systems that are told of what happens.", no_args_is_help=True, rich_markup_mode=None
)
Id = Annotated[str, typer.Argument(help="The webhook's id, as `appraise webhook list` shows it.")]
TIME = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class Event(StrEnum):
    SECTION_STATE_CHANGED = "section.state_changed"
    SECTION_CORRECTED = "section.corrected"
    RUN_FINISHED = "run.finished"
    CYCLE_STATE_CHANGED = "cycle.state_changed"
    DISPUTE_STATE_CHANGED = "dispute.state_changed"
    TASK_DUE = "task.due"


def register(app: typer.Typer) -> None:
    app.add_typer(webhook_commands, name="webhook")
    app.command()(deliver)


@webhook_commands.command("create")
def create(
    url: Annotated[str, typer.Argument(help="Where to send: an https URL of a public host.")],
    event: Annotated[list[Event] | None, typer.Option(help="What to tell of; repeatable; all where not given.")] = None,
    json: Json = False,
) -> None:
    """Tell a host system of what happens from now on. The secret is shown once.

    Example:  appraise webhook create https://hr.example.org/appraise --event section.state_changed
    """
    from appraise.cli.webhooks_output import create_and_print

    create_and_print(url, [each.value for each in event or Event], json=json)


@webhook_commands.command("list")
def list_(json: Json = False) -> None:
    """List the webhooks: where each sends, of what it tells, whether it is on.

    Example:  appraise webhook list
    """
    from appraise.cli.webhooks_output import print_webhooks

    print_webhooks(json=json)


@webhook_commands.command("rotate")
def rotate(
    webhook: Id,
    overlap: Annotated[int, typer.Option(min=0, max=8760, help="Hours for which the old secret signs too.")] = 24,
    json: Json = False,
) -> None:
    """Replace a webhook's secret; messages are signed by both until the overlap is over.

    Example:  appraise webhook rotate 3hT…Qx --overlap 48
    """
    from appraise.cli.webhooks_output import rotate_and_print

    rotate_and_print(webhook, timedelta(hours=overlap), json=json)


@webhook_commands.command("disable")
def disable(webhook: Id) -> None:
    """Send nothing and queue nothing new; what waits is kept.

    Example:  appraise webhook disable 3hT…Qx
    """
    from appraise.cli.webhooks_output import switch_and_print

    switch_and_print(webhook, on=False)


@webhook_commands.command("enable")
def enable(webhook: Id) -> None:
    """Go on, with what waits.

    Example:  appraise webhook enable 3hT…Qx
    """
    from appraise.cli.webhooks_output import switch_and_print

    switch_and_print(webhook, on=True)


@webhook_commands.command("log")
def log(
    webhook: Id,
    state: Annotated[str | None, typer.Option(help="Only those: waiting, delivered or dead.")] = None,
    last: Annotated[int, typer.Option(min=1, max=1000, help="How many, the newest first.")] = 20,
    json: Json = False,
) -> None:
    """Show how deliveries went.

    Example:  appraise webhook log 3hT…Qx --state dead
    """
    from appraise.cli.webhooks_output import print_log

    print_log(webhook, state, last, json=json)


@webhook_commands.command("replay")
def replay(
    webhook: Id,
    delivery: Annotated[str | None, typer.Option(help="Only this one, by its id in the log.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=TIME, help="All from then on (UTC).")] = None,
) -> None:
    """Send messages again: one, or all since a time.

    \b
    Examples:
      appraise webhook replay 3hT…Qx --since 2026-03-01
      appraise webhook replay 3hT…Qx --delivery 9fK…2a

    """
    from appraise.cli.webhooks_output import replay_and_print

    replay_and_print(webhook, delivery, None if since is None else since.replace(tzinfo=UTC))


def deliver(
    once: Annotated[bool, typer.Option("--once", help="Send what is due, then end.")] = False,
) -> None:
    """Send waiting messages to the webhooks, until interrupted. `appraise serve` does it too.

    Example:  appraise deliver --once
    """
    from appraise.cli.webhooks_output import deliver_until_stopped

    deliver_until_stopped(once=once)
