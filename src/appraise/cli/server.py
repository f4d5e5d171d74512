"""Commands that run something: serve, demo."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Size(StrEnum):
    SMALL = "small"
    COMPANY = "company"
    LARGE = "large"


def register(app: typer.Typer) -> None:
    app.command()(serve)
    app.command()(demo)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port to listen on.")] = 8321,
    jobs: Annotated[
        bool, typer.Option(help="Do jobs that are asked for through the API; else `appraise work` must.")
    ] = True,
) -> None:
    """Serve the console and the GraphQL API.

    Example:  appraise serve --port 8321
    """
    from appraise.bootstrap import open_deployment, utc_now
    from appraise.settings import Settings
    from appraise.web import serve as run

    settings = Settings()
    run(open_deployment(settings), settings, clock=utc_now, host=host, port=port, jobs=jobs)


def demo(
    size: Annotated[Size, typer.Option(help="How large a company.")] = Size.COMPANY,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 2025,
    data: Annotated[Path | None, typer.Option(help="Directory; appraise-data/demo-SIZE-SEED by default.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Compare the scores with the company's known truth.")] = False,
    files_only: Annotated[bool, typer.Option("--files-only", help="Write the export files and stop.")] = False,
    serve: Annotated[bool, typer.Option(help="Serve console and API at the end.")] = True,
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port to listen on.")] = 8321,
) -> None:
    """See it work: generate a company, import its exports, score a cycle, show a scorecard, serve.

    \b
    Examples:
      appraise demo
      appraise demo --size small --no-serve --check

    """
    from appraise.cli.demonstration import Demonstration, run

    run(
        Demonstration(
            size=size.value, seed=seed, data=data, check=check, files_only=files_only, port=port if serve else None
        )
    )
