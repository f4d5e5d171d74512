"""How commands speak: tables and progress on a terminal, JSON where a machine reads, problems on standard error."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from appraise.cli.reading_pace import Paced
from appraise.domain.progress import Advance, Reading, Watch, silent, unwatched

BETWEEN_LINES: Final = 10.0
"""Seconds between two lines about work that goes on, where there is no terminal to draw a bar on."""

console = Console()
errors = Console(stderr=True)


def print_json(value: Any) -> None:
    sys.stdout.buffer.write(
        orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS, default=str) + b"\n"
    )
    sys.stdout.buffer.flush()


@contextmanager
def progress_bar(title: str) -> Iterator[Advance]:
    """A bar on standard error that a use case moves with `advance(step, done, total)`; silent where nobody watches."""
    columns = (
        SpinnerColumn(),
        TextColumn(f"{title:<34}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", style="dim"),
    )
    with Progress(*columns, console=errors, disable=not errors.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def advance(step: str, done: int, total: int) -> None:
            bar.update(task, description=step, completed=done, total=total or None)

        yield advance


@contextmanager
def reading_bar(title: str, *, quiet: bool) -> Iterator[tuple[Advance, Watch]]:
    """As `progress_bar`, of work that reads a file: with rows, rows in a second, and the time that is left of reading.

    Without a terminal a line in every ten seconds, none of work that is over sooner. Quiet is silent.
    """
    if quiet:
        yield silent, unwatched
    elif errors.is_terminal:
        with _drawn(title) as watching:
            yield watching
    else:
        yield _written(title)


@contextmanager
def _drawn(title: str) -> Iterator[tuple[Advance, Watch]]:
    columns = (
        SpinnerColumn(),
        TextColumn(title, markup=False),
        BarColumn(bar_width=12),
        TextColumn("{task.description}", style="dim"),
    )
    paced = Paced(time.monotonic)
    with Progress(*columns, console=errors) as bar:
        task = bar.add_task("", total=None)

        def advance(step: str, done: int, total: int) -> None:
            rows = f"{paced.rows:,} rows · " if paced.rows else ""
            bar.update(task, description=rows + step, completed=done, total=total or None)

        def watch(reading: Reading) -> None:
            bar.update(task, description=paced.told(reading), completed=reading.bytes, total=reading.size or None)

        yield advance, watch


def _written(title: str) -> tuple[Advance, Watch]:
    paced, last = Paced(time.monotonic), [time.monotonic()]

    def line(text: str) -> None:
        if time.monotonic() - last[0] >= BETWEEN_LINES:
            last[0] = time.monotonic()
            errors.print(f"{title}: {text}", highlight=False, markup=False, soft_wrap=True)

    def advance(step: str, done: int, total: int) -> None:
        line(f"{step}, step {done} of {total}" if total else step)

    def watch(reading: Reading) -> None:
        line(paced.told(reading))

    return advance, watch
