"""What kind of case an outcome came from: factors of the policy, folded into strata that the data can carry."""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from appraise.scoring.prepared import CASE_COLUMNS

IntArray = npt.NDArray[np.int64]

NOT_RECORDED = "not recorded"
OTHER = "other"
SAME = "it does not vary"
ALIKE = "it goes with the factors before it"
APART = "nobody serves several kinds"
PRIOR_PURCHASES = "prior_purchases"
TENURE = "tenure"
FEWEST_EVENTS = 10
"""Ten events per coefficient (Peduzzi et al. 1996, J. Clinical Epidemiology 49:1373)."""


@dataclass(frozen=True, slots=True)
class Strata:
    """Profiles are the strata at full detail. `stratum[k]` (P,) numbers each profile's stratum by the first k factors.

    `cells` maps the raw values of the factors to `profile`, `profile_of_cells` says the same for the rows given;
    `unused` are factors that cannot adjust, with the reason.
    """

    factors: tuple[str, ...]
    unused: tuple[tuple[str, str], ...]
    cells: ibis.Table
    profile_of_cells: IntArray
    stratum: IntArray

    def placed(self, table: ibis.Table) -> ibis.Table:
        """The table with each row's `profile`, null of combinations that had no part in the strata."""
        names = [name for name in self.cells.columns if name != "profile"]
        if not names:
            return table.mutate(profile=ibis.literal(0, type="int32"))
        return table.left_join(self.cells, names).drop(*(f"{name}_right" for name in names))

    @property
    def profiles(self) -> int:
        return int(self.stratum.shape[1])


def with_factors(table: ibis.Table, factors: Sequence[str]) -> ibis.Table:
    """The table with every factor as text, never null; `prior_purchases` is put into bands."""
    columns = {}
    for name in factors:
        if name == PRIOR_PURCHASES and "prior_orders" in table.columns:
            columns[name] = _band(table.prior_orders)
        elif name in CASE_COLUMNS or name in table.columns:
            columns[name] = table[name].cast("string").fill_null(NOT_RECORDED)
        else:
            columns[name] = ibis.literal(NOT_RECORDED)
    return table.mutate(**columns)


def strata(counts: pa.Table, factors: Sequence[str]) -> Strata:
    """Strata from one row per combination of raw values, with its `events`.

    Values with fewer than ten events become "other"; so do combinations, per level of nesting.
    """
    events = counts["events"].fill_null(0).to_numpy().astype(np.float64)
    raw = {name: counts[name].to_pylist() for name in factors}
    folded = {name: folded_levels(values, events) for name, values in raw.items()}
    used = tuple(name for name in factors if len(set(folded[name])) > 1)
    unused = tuple((name, _why_unused(raw[name])) for name in factors if name not in used)
    keys = [tuple(folded[name][row] for name in used) for row in range(events.size)]
    nested = [_numbered([key[:depth] for key in keys], events) for depth in range(len(used) + 1)]
    if not events.size:
        profile, stratum = np.zeros(0, np.int64), np.zeros((1, 0), np.int64)
    else:
        distinct, profile = np.unique(np.array(nested), axis=1, return_inverse=True)
        stratum = distinct.astype(np.int64)
    profile = profile.astype(np.int64).ravel()
    values = {name: pa.array(raw[name], pa.string()) for name in factors}
    cells = ibis.memtable(pa.table({**values, "profile": pa.array(profile, pa.int32())}))
    return Strata(used, unused, cells, profile, stratum)


def folded_levels(values: Sequence[str], events: npt.NDArray[np.float64]) -> list[str]:
    """The values, those with too few events as "other"."""
    place = {value: at for at, value in enumerate(dict.fromkeys(values))}
    row = np.array([place[value] for value in values], np.int64)
    totals = np.bincount(row, weights=events, minlength=len(place))
    folded = [value if total >= FEWEST_EVENTS else OTHER for value, total in zip(place, totals, strict=True)]
    return [folded[at] for at in row.tolist()]


def _numbered(keys: list[tuple[str, ...]], events: npt.NDArray[np.float64]) -> IntArray:
    totals: dict[tuple[str, ...], float] = {}
    for key, n in zip(keys, events, strict=True):
        totals[key] = totals.get(key, 0.0) + float(n)
    rich = sorted(key for key, total in totals.items() if total >= FEWEST_EVENTS)
    number = {key: position for position, key in enumerate(rich)}
    return np.array([number.get(key, len(rich)) for key in keys], np.int64)


def _why_unused(values: Sequence[str]) -> str:
    return "not recorded" if set(values) <= {NOT_RECORDED} else "the same for all"


def _band(prior: ibis.Value) -> ibis.Value:
    return ibis.cases((prior == 0, "0"), (prior == 1, "1"), (prior <= 3, "2–3"), else_="4+")  # noqa: PLR2004  # the bands
