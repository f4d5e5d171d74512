"""The `appraise` command. Commands import what they need when they run, so that `--help` answers at once."""

import sys
from typing import Annotated

import typer

from appraise.cli import (
    audit,
    changes,
    compacting,
    data,
    erasing,
    events,
    fairness,
    mail,
    people,
    person,
    policies,
    rates,
    sections,
    server,
    sources,
    webhooks,
    work,
    write_back,
)
from appraise.errors import AppraiseError, Problem, Retriable

EXIT_PROBLEM = 1
EXIT_INTERNAL = 70
EXIT_TRY_AGAIN = 75

HELP = """The customer-service section of a performance appraisal.

Reads employees from HRIS exports and what customers did from the systems that recorded it, and works out for every
employee what difference they made: an estimate with its interval and its working, or a typed absence with its reason.

\b
Exit codes:
  0   done
  1   a problem that you can mend
  2   wrong usage
  3   done, but rows were rejected
  70  a defect of Appraise
  75  try again later
"""

app = typer.Typer(
    name="appraise",
    help=HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (
    data,
    compacting,
    sources,
    audit,
    people,
    person,
    sections,
    policies,
    rates,
    changes,
    erasing,
    events,
    fairness,
    webhooks,
    mail,
    write_back,
    work,
    server,
):
    module.register(app)


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    _debug["on"] = debug


_debug = {"on": False}


def main() -> None:
    """Run the command; every error becomes one readable block on standard error and an exit code."""
    try:
        app()
    except Problem as problem:
        _fail(f"Error: {problem}", problem, EXIT_PROBLEM)
    except Retriable as busy:
        _fail(f"Error: {busy}\n  to do:    repeat the command; nothing was half-written", busy, EXIT_TRY_AGAIN)
    except OSError as refused:
        if refused.filename is None:
            _fail(_defect(refused), refused, EXIT_INTERNAL)
        text = (
            f"Error: the system says: {refused.strerror}\n  where:    {refused.filename}"
            "\n  to do:    check the path, and who may read and write there"
        )
        _fail(text, refused, EXIT_PROBLEM)
    except (AppraiseError, Exception) as defect:  # noqa: BLE001  # the outermost edge
        _fail(_defect(defect), defect, EXIT_INTERNAL)


def _defect(error: BaseException) -> str:
    return f"Error: {type(error).__name__}: {error}\n  to do:    this is a defect; repeat with --debug and report it"


def _fail(text: str, error: BaseException, code: int) -> None:
    if _debug["on"]:
        raise error
    sys.stderr.write(text + "\n")
    sys.exit(code)
