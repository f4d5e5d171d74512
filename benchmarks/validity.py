"""Do the intervals hold the truth, and is the error far under that of plain averages?

    python benchmarks/validity.py            ten minutes on two idle cores
    python benchmarks/validity.py --quick    two minutes, with more noise

Prints a table per scenario and exits with 1 when a target is missed. The same seeds give the same figures.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import TypeVar

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from validation.answers import Trial
from validation.buyers import buyer_trial
from validation.company import Booleans
from validation.figures import measure
from validation.generated import NAMES, ScoredCompany, scored_company
from validation.possible import least_squares
from validation.scenarios import SCENARIOS, Organisation, Scenario, simulate
from validation.tables import Compared, Methods, missed_targets, most_gain, table_of, undecided_targets

from appraise.domain.indicators import ATTRITION

SEED = 2_026
FULL, QUICK = 60, 5
_WIDTH = 190
_BATCH = 20
_BOUNDED = 40
"""Organisations of a scenario over which the least possible error is averaged: it hardly differs between them."""
Result = TypeVar("Result")


def main(arguments: list[str] | None = None) -> int:
    chosen = _arguments(arguments)
    seeds = chosen.seeds or (QUICK if chosen.quick else FULL)
    companies = {"small": 1} if chosen.quick else {"small": 12, "company": 8}
    shops = 1 if chosen.quick else 6
    console = Console(width=max(_WIDTH, Console().width))
    missed: list[str] = []
    undecided = 0
    with _pool() as pool, _progress() as progress:
        simulated = _simulations(pool, seeds, progress)
        possible = _possible(pool, seeds)
        scored = _companies(pool, companies, progress)
        bought = _shops(pool, shops, progress)
        for scenario in SCENARIOS:
            for name, compared in compared_in(scenario, simulated(scenario)):
                console.print(table_of(name, compared, limit=scenario.limit))
                if not scenario.limit:
                    least = possible(scenario)
                    console.print(_beside(least, compared))
                    missed += missed_targets(name, compared, least)
                    undecided += undecided_targets(compared)
        for size in companies:
            name = f"whole scoring runs, generated companies of size {size!r}"
            companies_scored = scored(size)
            compared = _by_indicator([one.trials for one in companies_scored])
            console.print(table_of(name, compared, limit=False))
            console.print(_sensitivity(companies_scored))
            least = {NAMES[ATTRITION]: _least_of_attrition(companies_scored)}
            console.print(f"were effects normal with their sd, {_beside(least, compared)}")
            missed += missed_targets(name, compared)
            undecided += undecided_targets(compared)
        name = "whole scoring runs, customers who only buy"
        compared = _by_indicator(bought())
        console.print(table_of(name, compared, limit=False))
        missed += missed_targets(name, compared)
        undecided += undecided_targets(compared)
    console.print(f"[bold]{len(missed)} targets missed[/bold]" if missed else "[bold]no target missed[/bold]", end="")
    console.print(f"; {undecided} figures outside their target by less than two standard errors")
    for line in missed:
        console.print(f"  [red]✗[/red] {line}")
    return 1 if missed else 0


def compared_in(scenario: Scenario, organisations: list[Organisation]) -> Iterator[tuple[str, Compared]]:
    """One table of figures; two where some employees suppress surveys: the honest, and they."""
    trials = [one.trials for one in organisations]
    if not scenario.world.suppressing:
        yield scenario.name, _by_indicator(trials)
        return
    for title, masks in (
        ("the honest", [~one.suppresses for one in organisations]),
        ("those who suppress", [one.suppresses for one in organisations]),
    ):
        yield f"{scenario.name}: {title}", _by_indicator(trials, masks)


def _by_indicator(trials: list[dict[str, Trial]], masks: list[Booleans] | None = None) -> dict[str, Methods]:
    found = {}
    for indicator in dict.fromkeys(name for trial in trials for name in trial):
        rows = [number for number, trial in enumerate(trials) if indicator in trial]
        kept = [trials[number][indicator] for number in rows]
        among = [np.ones(one.truth.size, bool) for one in kept] if masks is None else [masks[number] for number in rows]
        told = [one.oracle for one in kept if one.oracle is not None]
        usual = [one.usual for one in kept if one.usual is not None]
        found[indicator] = Methods(
            naive=measure(kept, [one.naive for one in kept], among=among),
            ours=measure(kept, [one.ours for one in kept], among=among),
            oracle=measure(kept, told, among=among) if told else None,
            usual=measure(kept, usual, among=among) if usual else None,
        )
    return found


def _sensitivity(companies: list[ScoredCompany]) -> str:
    compared, changed = (sum(getattr(one, name) for one in companies) for name in ("compared", "changed"))
    return f"one weight moved by ten points: {changed / max(compared, 1):.1%} of {compared:,} composites change level"


def _least_of_attrition(companies: list[ScoredCompany]) -> float:
    estimates = sum(int(one.trials[NAMES[ATTRITION]].ours.known.sum()) for one in companies)
    return float(np.sqrt(sum(one.least for one in companies) / estimates))


def _simulations(pool: ProcessPoolExecutor, seeds: int, progress: Progress) -> Callable[[Scenario], list[Organisation]]:
    pending: dict[str, list[Future[list[Organisation]]]] = {}
    for scenario in SCENARIOS:
        count = scenario.organisations(seeds)
        batches = [range(start, min(start + _BATCH, count)) for start in range(0, count, _BATCH)]
        pending[scenario.name] = [pool.submit(_batch, scenario, numbers) for numbers in batches]
    task = progress.add_task("simulating", total=sum(len(batches) for batches in pending.values()))
    return lambda scenario: [one for batch in _told(pending[scenario.name], progress, task) for one in batch]


def _possible(pool: ProcessPoolExecutor, seeds: int) -> Callable[[Scenario], dict[str, float]]:
    """The least RMSE by indicator that any method could have, in a scenario of which something is asked."""
    pending = {
        scenario.name: [
            pool.submit(least_squares, scenario, seed=SEED, number=number)
            for number in range(min(_BOUNDED, scenario.organisations(seeds)))
        ]
        for scenario in SCENARIOS
        if not scenario.limit
    }

    def least(scenario: Scenario) -> dict[str, float]:
        squares = [one.result() for one in pending[scenario.name]]
        return {name: float(np.sqrt(np.mean([one[name] for one in squares]))) for name in squares[0]}

    return least


def _beside(least: Mapping[str, float], compared: Compared) -> str:
    told = (
        f"{name} {least[name]:.2f}, {most_gain(one, least[name]):.0%}"
        for name, one in compared.items()
        if name in least
    )
    return "no method at all can have an RMSE under, and so that much under naive: " + "; ".join(told)


def _companies(
    pool: ProcessPoolExecutor, companies: dict[str, int], progress: Progress
) -> Callable[[str], list[ScoredCompany]]:
    pending = {
        size: [pool.submit(scored_company, size, seed) for seed in range(1, count + 1)]
        for size, count in companies.items()
    }
    task = progress.add_task("scoring companies", total=sum(companies.values()))
    return lambda size: list(_told(pending[size], progress, task))


def _shops(pool: ProcessPoolExecutor, count: int, progress: Progress) -> Callable[[], list[dict[str, Trial]]]:
    pending = [pool.submit(buyer_trial, seed) for seed in range(count)]
    task = progress.add_task("scoring shops", total=count)
    return lambda: [{NAMES[ATTRITION]: trial} for trial in _told(pending, progress, task)]


def _told(futures: list[Future[Result]], progress: Progress, task: TaskID) -> list[Result]:
    for _ in as_completed(futures):
        progress.advance(task)
    return [future.result() for future in futures]


def _batch(scenario: Scenario, numbers: range) -> list[Organisation]:
    return [simulate(scenario, seed=SEED, number=number) for number in numbers]


def _pool() -> ProcessPoolExecutor:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read by the processes that start: one core each
    return ProcessPoolExecutor(max_workers=os.cpu_count() or 1, mp_context=get_context("spawn"))


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))


def _arguments(given: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} organisations of 160 instead of {FULL}")
    parser.add_argument("--seeds", type=int, help="organisations of 160 employees to simulate in each scenario")
    return parser.parse_args(given)


if __name__ == "__main__":
    sys.exit(main())
