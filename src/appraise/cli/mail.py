"""Commands about messages to people who have something to do: mail."""

from enum import StrEnum
from typing import Annotated

import typer

from appraise.cli.data import Json

mail_commands = typer.Typer(
    help="Messages to people who have something to do.", no_args_is_help=True, rich_markup_mode=None
)


class State(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    NEEDLESS = "needless"
    FAILED = "failed"


def register(app: typer.Typer) -> None:
    app.add_typer(mail_commands, name="mail")


@mail_commands.command("test")
def test(address: Annotated[str, typer.Argument(help="Where to send it.")]) -> None:
    """Send one message now, to see that the mail server takes it.

    Example:  appraise mail test me@example.org
    """
    from appraise.cli.mail_output import send_test

    send_test(address)


@mail_commands.command("log")
def log(
    state: Annotated[State | None, typer.Option(help="Only those in this state.")] = None,
    last: Annotated[int, typer.Option(min=1, max=10_000, help="So many at most.")] = 50,
    json: Json = False,
) -> None:
    """Show the latest messages: to whom, and what became of them. What they said is not kept.

    Example:  appraise mail log --state failed
    """
    from appraise.cli.mail_output import print_log

    print_log(None if state is None else state.value, last, json=json)
