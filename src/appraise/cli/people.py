"""Commands about people and access: show, token, roles, adapters."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from appraise.cli.data import Json

token_commands = typer.Typer(
    help="Access tokens of service accounts and people.", no_args_is_help=True, rich_markup_mode=None
)
role_commands = typer.Typer(
    help="Who is HR administrator, executive or auditor.", no_args_is_help=True, rich_markup_mode=None
)
Employee = Annotated[str, typer.Argument(help="Id, e-mail address, exact name, or NAMESPACE=VALUE.")]
RoleName = Annotated[str, typer.Argument(metavar="ROLE", help="hr_administrator, executive or auditor.")]


def register(app: typer.Typer) -> None:
    app.command()(show)
    app.add_typer(token_commands, name="token")
    app.add_typer(role_commands, name="roles")
    app.command()(adapters)
    app.command(name="new-adapter")(new_adapter)


def show(
    employee: Employee,
    cycle: Annotated[str, typer.Option(help="Name of the cycle; the newest where not given.")] = "",
    why: Annotated[bool, typer.Option("--why", help="Open the working of every figure, in sentences.")] = False,
    standing: Annotated[
        bool,
        typer.Option("--standing", help="Also where the employee stands among the others; leaves a line of its own."),
    ] = False,
    json: Json = False,
) -> None:
    """Show one employee's scorecard: each interval drawn against what was expected.

    \b
    Examples:
      appraise show anna.berg@example.com --cycle 2025
      appraise show successfactors:userid=04111 --why

    """
    from appraise.cli.showing import show_scorecard

    show_scorecard(employee, cycle, why=why, standing=standing, json=json)


@token_commands.command("create")
def create(
    name: Annotated[str, typer.Argument(help="What the token is for; shown in the audit log.")],
    employee: Annotated[str | None, typer.Option(help="Sign in as this employee (id or e-mail).")] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(
            help="read:people, read:sections, read:open-sections, embed:mint, import:people, import:events; "
            "repeatable; service accounts."
        ),
    ] = None,
    expires: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; 90 days from now.")] = None,
    json: Json = False,
) -> None:
    """Mint a token; it is shown once and stored only as a hash.

    \b
    Examples:
      appraise token create hris --scope read:people --scope read:sections
      appraise token create "Anna's laptop" --employee anna.berg@example.com

    """
    from appraise.cli.access import create_and_print

    until = None if expires is None else expires.replace(tzinfo=UTC)
    create_and_print(name, employee=employee, scopes=scope or [], expires_at=until, json=json)


@token_commands.command("list")
def list_(json: Json = False) -> None:
    """List the tokens that were not revoked: what each opens, until when, and when it was used last.

    Example:  appraise token list
    """
    from appraise.cli.access import print_tokens

    print_tokens(json=json)


@token_commands.command("rotate")
def rotate(
    token: Annotated[str, typer.Argument(help="The token's id, as `appraise token list` shows it.")],
    overlap: Annotated[int, typer.Option(min=0, max=720, help="Hours for which the old token stays good.")] = 24,
    expires: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; 90 days from now.")] = None,
    json: Json = False,
) -> None:
    """Mint a token that opens the same as another, which ends after the overlap.

    Example:  appraise token rotate 01K2ZJ --overlap 48
    """
    from appraise.cli.access import rotate_and_print

    until = None if expires is None else expires.replace(tzinfo=UTC)
    rotate_and_print(token, overlap=timedelta(hours=overlap), expires_at=until, json=json)


@token_commands.command("revoke")
def revoke(token: Annotated[str, typer.Argument(help="The token's id, or the token itself.")]) -> None:
    """Make a token worthless from the next request on.

    Example:  appraise token revoke 01K2ZJ
    """
    from appraise.cli.access import revoke_and_print

    revoke_and_print(token)


@role_commands.command("list")
def list_roles(json: Json = False) -> None:
    """List who was granted which role, when and by whom; what an identity provider claims is not among them.

    Example:  appraise roles list
    """
    from appraise.cli.roles import print_roles

    print_roles(json=json)


@role_commands.command()
def grant(employee: Employee, role: RoleName) -> None:
    """Give an employee a role. Being a manager is not granted: reporting lines say it.

    Example:  appraise roles grant anna.berg@example.com hr_administrator
    """
    from appraise.cli.roles import grant_and_print

    grant_and_print(employee, role)


@role_commands.command("revoke")
def revoke_role(employee: Employee, role: RoleName) -> None:
    """Take a role from an employee, from their next request on; never from the last HR administrator.

    Example:  appraise roles revoke anna.berg@example.com auditor
    """
    from appraise.cli.roles import revoke_and_print

    revoke_and_print(employee, role)


def adapters(
    proven: Annotated[
        bool, typer.Option("--proven", help="Try the sinks on hosts of our own that misbehave; takes some seconds.")
    ] = False,
    json: Json = False,
) -> None:
    """List the installed adapters and sinks: what each reads or writes, and how far it was verified.

    \b
    Examples:
      appraise adapters
      appraise adapters --proven

    """
    from appraise.cli.access import print_adapters, print_proven

    if not proven:
        print_adapters(json=json)
    elif not print_proven():
        raise typer.Exit(1)


def new_adapter(
    name: Annotated[str, typer.Argument(help="Name of the system in small letters, e.g. acme.")],
    to: Annotated[Path, typer.Option(help="Directory in which the package is made.")] = Path(),
) -> None:
    """Write a package that reads people from a table of a system that has no adapter yet; docs/write-an-adapter.md.

    Example:  appraise new-adapter acme
    """
    from appraise.cli.new_adapter import write_package

    write_package(name, to)
