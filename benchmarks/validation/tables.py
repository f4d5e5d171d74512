"""The figures of one scenario as a table for people, targets beside them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from rich.table import Table

from validation.figures import (
    BAND_NAMES,
    COVERAGE,
    GAIN,
    LEAST_GAIN,
    MOST_FALSE,
    USUAL_GAIN,
    Figures,
    Share,
    Verdict,
    gain,
    verdicts,
)


class Methods(NamedTuple):
    """The figures of one indicator by method; `usual` are those of a plain method that is less strict a comparison."""

    naive: Figures
    ours: Figures
    oracle: Figures | None = None
    usual: Figures | None = None

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        return verdicts(self.naive, self.ours, self.usual)


Compared = Mapping[str, Methods]
"""By indicator."""


def table_of(name: str, compared: Compared, *, limit: bool) -> Table:
    marks_mean = "✗ misses its target, ? is outside by less than two standard errors"
    note = "outside the model: shown as a limit, fails nothing" if limit else marks_mean
    table = Table(title=f"{name} ({note})", title_justify="left", expand=False)
    table.add_column("indicator", no_wrap=True)
    table.add_column("method")
    quality = ("RMSE", "less", "false", "wrong", "rank r", "slope", "1 or 5")
    for column in ("estimates", "cover 95", "± se", *BAND_NAMES, "published", *quality):
        table.add_column(column, justify="right")
    wanted = f"{COVERAGE[0]:.2f}–{COVERAGE[1]:.2f}".replace("0.", ".")
    table.add_row("target", "", "", wanted, "", *[wanted] * 4, wanted, "", f"≥ {LEAST_GAIN:.0%}", f"≤ {MOST_FALSE:.0%}",
                  "", "", "", f"≤ {MOST_FALSE:.0%}", end_section=True)  # fmt: skip
    for indicator, methods in compared.items():
        naive, ours, oracle, usual = methods
        marks = {verdict.what: _mark(verdict) for verdict in methods.verdicts}
        table.add_row(indicator, "naive", *_cells(naive, "", {}))
        if usual is not None:
            under = f"ours {gain(usual, ours).value:.0%}{marks[USUAL_GAIN]}"
            table.add_row("", "naive, usual", *_cells(usual, under, {}))
        table.add_row("", "ours", *_cells(ours, f"{gain(naive, ours).value:.0%}{marks[GAIN]}", marks),
                      end_section=oracle is None)  # fmt: skip
        if oracle is not None:
            table.add_row("", "oracle", *_cells(oracle, f"{gain(naive, oracle).value:.0%}", {}), end_section=True)
    return table


def missed_targets(name: str, compared: Compared, least: Mapping[str, float] | None = None) -> list[str]:
    """A line for each; with the `least` RMSE that a method could have, what of it was to be had at all."""
    missed = []
    for indicator, figures in compared.items():
        for verdict in figures.verdicts:
            if not verdict.missed:
                continue
            told = f"{name} · {indicator} · {verdict.what} {verdict.figure.value:.3f}, "
            told += f"target {verdict.low:g} to {verdict.high:g}"
            if least and verdict.what == GAIN:
                told += f", which no method brings over {most_gain(figures, least[indicator]):.3f}"
            missed.append(told)
    return missed


def most_gain(methods: Methods, least: float) -> float:
    """How far under the naive one an RMSE can be at most."""
    return 1.0 - least / methods.naive.rmse


def undecided_targets(compared: Compared) -> int:
    return sum(verdict.undecided for one in compared.values() for verdict in one.verdicts)


def _mark(verdict: Verdict) -> str:
    return " [red]✗[/red]" if verdict.missed else " [yellow]?[/yellow]" if verdict.undecided else ""


def _cells(figures: Figures, less: str, marks: Mapping[str, str]) -> Sequence[str]:
    def told(share: Share, what: str = "") -> str:
        return _short(share.value) + marks.get(what, "")

    return (
        f"{figures.estimates:,}",
        told(figures.coverage, "coverage"),
        _short(figures.coverage.error),
        *(told(covered, f"coverage at {name}") for name, covered in zip(BAND_NAMES, figures.by_band, strict=True)),
        told(figures.published, "coverage published"),
        f"{figures.rmse:.2f}",
        less,
        told(figures.false_flags, "false flags"),
        told(figures.wrong_signs),
        f"{figures.rank_correlation:.2f}",
        f"{figures.slope.value:.2f} ± {figures.slope.error:.2f}",
        told(figures.extreme_ratings, "rated 1 or 5"),
    )


def _short(value: float) -> str:
    return "–" if not np.isfinite(value) else f"{value:.3f}".removeprefix("0")
