"""The figures of one scenario as a table for people, targets beside them."""

from collections.abc import Mapping, Sequence

import numpy as np
from rich.table import Table

from validation.figures import BAND_NAMES, COVERAGE, LEAST_GAIN, MOST_FALSE, Figures, Verdict, verdicts

Compared = Mapping[str, tuple[Figures, Figures]]
"""Figures of the naive method and of ours by indicator."""


def table_of(name: str, compared: Compared, *, limit: bool) -> Table:
    note = "outside the model: shown as a limit, fails nothing" if limit else "a ✗ misses its target"
    table = Table(title=f"{name} ({note})", title_justify="left", expand=False)
    table.add_column("indicator")
    table.add_column("method")
    quality = ("RMSE", "less", "false", "wrong", "rank r", "1 or 5")
    for column in ("estimates", "cover 95", "± se", *BAND_NAMES, "published", *quality):
        table.add_column(column, justify="right")
    wanted = f"{COVERAGE[0]:.2f}–{COVERAGE[1]:.2f}".replace("0.", ".")
    table.add_row("target", "", "", wanted, "", *[wanted] * 4, wanted, "", f"≥ {LEAST_GAIN:.0%}", f"≤ {MOST_FALSE:.0%}",
                  "", "", f"≤ {MOST_FALSE:.0%}", end_section=True)  # fmt: skip
    for indicator, (naive, ours) in compared.items():
        missed = {verdict.what for verdict in verdicts(naive, ours) if verdict.missed}
        table.add_row(indicator, "naive", *_cells(naive, "", set()))
        gain = 1.0 - ours.rmse / naive.rmse
        table.add_row("", "ours", *_cells(ours, _marked(f"{gain:.0%}", "RMSE under naive" in missed), missed),
                      end_section=True)  # fmt: skip
    return table


def missed_targets(name: str, compared: Compared) -> list[str]:
    found: list[str] = []
    for indicator, (naive, ours) in compared.items():
        found += [f"{name} · {indicator} · {_said(verdict)}" for verdict in verdicts(naive, ours) if verdict.missed]
    return found


def _said(verdict: Verdict) -> str:
    return f"{verdict.what} {verdict.figure:.3f}, target {verdict.low:g} to {verdict.high:g}"


def _cells(figures: Figures, gain: str, missed: set[str]) -> Sequence[str]:
    bands = [
        _marked(_share(covered), f"coverage at {name}" in missed)
        for name, covered in zip(BAND_NAMES, figures.by_band, strict=True)
    ]
    return (
        f"{figures.estimates:,}",
        _marked(_share(figures.coverage), "coverage" in missed),
        _share(figures.coverage_error),
        *bands,
        _marked(_share(figures.published), "coverage published" in missed),
        f"{figures.rmse:.2f}",
        gain,
        _marked(_share(figures.false_flags), "false flags" in missed),
        _share(figures.wrong_signs),
        f"{figures.rank_correlation:.2f}",
        _marked(_share(figures.extreme_ratings), "rated 1 or 5" in missed),
    )


def _share(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.3f}".removeprefix("0")


def _marked(text: str, missed: bool) -> str:  # noqa: FBT001  # a column's text and whether it is wrong
    return f"[red]{text} ✗[/red]" if missed else text
