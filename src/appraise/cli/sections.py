"""Commands about single sections: section pdf."""

from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer(help="Single sections.", no_args_is_help=True, rich_markup_mode=None)


@commands.callback()
def _group() -> None:
    """Keeps `pdf` a command of its own."""


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="section")


@commands.command()
def pdf(
    employee: Annotated[str, typer.Argument(help="Id, e-mail address, exact name, or NAMESPACE=VALUE.")],
    to: Annotated[Path, typer.Option(help="File to write.")],
    cycle: Annotated[str, typer.Option(help="Name of the cycle; the newest where not given.")] = "",
) -> None:
    """Write a final section as a PDF to be signed and filed.

    Example:  appraise section pdf anna.berg@example.com --cycle 2025 --to anna.pdf
    """
    from appraise.bootstrap import open_deployment, utc_now
    from appraise.cli.deployment import AT_THE_MACHINE
    from appraise.cli.output import console
    from appraise.cli.showing import viewed_section
    from appraise.domain.language import speaking
    from appraise.languages import language
    from appraise.settings import Settings
    from appraise.use_cases.print_section import print_section

    deployment = open_deployment(Settings())
    section = viewed_section(deployment, employee, cycle).section.id
    with speaking(language(deployment.language)):
        printed = print_section(deployment, AT_THE_MACHINE, section, at=utc_now())
    to.write_bytes(printed.content)
    console.print(f"{len(printed.content):,} bytes in {to}", highlight=False)
