"""`appraise audit`: verify the audit log, and export it for auditors."""

from pathlib import Path
from typing import Annotated

import typer

audit_commands = typer.Typer(no_args_is_help=True, help="The audit log: verify its chain, export it.")


def register(app: typer.Typer) -> None:
    app.add_typer(audit_commands, name="audit")


@audit_commands.command()
def verify(
    file: Annotated[Path | None, typer.Argument(help="An exported log; the deployment's own where left out.")] = None,
    head: Annotated[str | None, typer.Option(help="A head that was written down before: must be in the log.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check that no line was changed, removed or moved. Ends with 1 where one was.

    Lines cut off at the end show by a head that was kept elsewhere: each check prints the head of then.

    \b
    Examples:
      appraise audit verify
      appraise audit verify --head 9f2c…
      appraise audit verify audit.jsonl

    """
    from appraise.cli.audit_output import verify_and_print

    if not verify_and_print(file, head=head, json=json):
        raise typer.Exit(1)


@audit_commands.command()
def export(to: Annotated[Path, typer.Option(help="File to write.")]) -> None:
    """Write the whole log as JSON lines, hashes included; its last line tells of the export.

    Example:  appraise audit export --to audit.jsonl
    """
    from appraise.cli.audit_output import export_to

    export_to(to)
