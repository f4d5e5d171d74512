"""What the first reader after a start, or after a scoring run, would wait for is gathered before they come."""

from contextlib import suppress
from threading import Event
from typing import Final

from appraise.domain.identifiers import RunId
from appraise.errors import AppraiseError
from appraise.storage import cycles
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_evidence import made_ready, practise
from appraise.use_cases.result_columns import RunResults, results_of

CYCLES: Final = 4
"""The latest: people look at them, and the results of more are not remembered for long."""
LOOK_EVERY: Final = 60.0
"""Seconds."""


def look_ahead(deployment: Deployment, stop: Event) -> None:
    """Until `stop`: loads the query engine, and keeps the newest results of the latest cycles at hand."""
    made_ready()
    with suppress(AppraiseError):  # whoever asks is told; this is only sooner
        first_look(deployment)
    while not stop.wait(LOOK_EVERY):
        with suppress(AppraiseError):
            newest_results(deployment)


def first_look(deployment: Deployment) -> None:
    """The newest results, and one lookup of the events behind them."""
    for run, results in newest_results(deployment).items():
        if results.most_measured is not None:
            practise(deployment, run, results.most_measured)
            return


def newest_results(deployment: Deployment) -> dict[RunId, RunResults]:
    """By run, that of the latest cycle first; what was gathered before is at hand already."""
    with deployment.database.reading() as session:
        found = [cycles.latest_run(session, cycle.id) for cycle in cycles.all_of_them(session)[:CYCLES]]
    return {run.id: results_of(deployment, run.id) for run in found if run is not None}
