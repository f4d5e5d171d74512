"""`appraise score --again`."""

from rich.text import Text

from appraise.bootstrap import open_deployment
from appraise.cli.deployment import AT_THE_MACHINE
from appraise.cli.output import console, print_json, progress_bar
from appraise.domain.indicators import COMPOSITE, definition_of
from appraise.settings import Settings
from appraise.use_cases.inputs_of_then import State
from appraise.use_cases.score_again import Again, Difference, Verdict, score_again

MARKS = {State.SAME: "as then", State.DIFFERENT: "DIFFERENT", State.GONE: "GONE"}


def print_again(wanted: str, *, json: bool) -> bool:
    """Whether every figure came out as it is stored, and all of them could be compared."""
    settings = Settings()
    with progress_bar(f"Scoring {wanted} again") as advance:
        again = score_again(
            open_deployment(settings), AT_THE_MACHINE, wanted, memory_limit=settings.memory_limit, progress=advance
        )
    if json:
        print_json({"verdict": again.verdict, "again": again})
    else:
        _print(again)
    return again.verdict is Verdict.SAME and not again.left_out


def _print(again: Again) -> None:
    _line(f"Scoring run {again.run} of {again.cycle}, scored {again.scored_at:%Y-%m-%d %H:%M} UTC")
    for one in again.inputs:
        _line(f"  {one.name:<11}{MARKS[one.state]:<10}{one.says}")
    if again.verdict is Verdict.NOT_COMPUTED:
        _line("Not computed again: what is gone decides every figure. What is compared above is all that can be.")
        return
    for sentence in again.left_out:
        _line(f"  not compared: {sentence}")
    count = f"{again.figures:,} figures in {again.results:,} results"
    if again.verdict is Verdict.SAME:
        _line(f"{count}: all come out as stored, to the last digit")
        return
    _line(f"{count}: {len(again.differences):,} come out otherwise")
    for difference in again.differences:
        _print_difference(difference)
    if all(one.state is State.SAME for one in again.inputs):
        _line("All that the run was computed from is as then, so the stored figures were changed afterwards.")


def _print_difference(found: Difference) -> None:
    indicator = "all together" if found.indicator == COMPOSITE else definition_of(found.indicator).name
    who = f"{found.name}, {indicator.lower()}" if found.employee else f"Coverage of {indicator.lower()}"
    stored, computed = (text or "nothing" for text in (found.stored, found.computed))
    _line(f"  {who}, {found.figure}: {stored} stored, {computed} computed again")


def _line(text: str) -> None:
    console.print(Text(text), soft_wrap=True, highlight=False)
