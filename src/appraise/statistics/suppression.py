"""Which categories of a table to hide, so that nobody in a small one can be made out (complementary suppression).

Hundepool et al. 2012, Statistical Disclosure Control, chapter 4: hiding the small cells is not enough, as a single
hidden one is the total less the others.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from appraise.statistics.arrays import vector

IntArray = npt.NDArray[np.int64]
_HIDDEN: Final = -1
FEWEST = 5
"""The smallest number of people who are shown as a category, and who may be left as the rest of a table."""


def hidden_categories(count: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """(K,) True for categories to hide: those of fewer than five people, and the next larger ones with them.

    Others are added until at least two are hidden, with at least five people between them and more people than
    categories: then each hidden count may be one of several numbers even for a reader who knows the total.
    """
    n = vector("count", count)
    hidden = n < FEWEST
    for position in np.argsort(n, stable=True):
        if keeps_hidden(n, hidden):
            break
        hidden[position] = True
    return hidden


def keeps_hidden(count: npt.ArrayLike, hidden: npt.ArrayLike) -> bool:
    """Whether another table of the same categories may be shown with the same ones hidden.

    `count` (K,) may hold zeros here: that nobody of a category is in a table is shown as such.
    """
    n, mask = vector("count", count), np.asarray(hidden, dtype=np.bool_)
    shown, rest = n[~mask], n[mask]
    if np.any((shown > 0) & (shown < FEWEST)):
        return False
    return bool(not mask.any() or (rest.size > 1 and rest.sum() >= max(FEWEST, rest.size + 1)))


def hidden_across(
    part: IntArray, *, fewest: int = FEWEST, hidden: Sequence[Iterable[int]] | None = None
) -> tuple[frozenset[int], ...]:
    """Which parts to hide of several partitions of the same people, all told with the same figures and their total.

    `part` (N, D) has for each person their part of each of D partitions, numbered from 0, coarse partitions first.
    Whatever sums and differences of what is shown can be formed is about nobody, or about at least `fewest` people:
    people who share all parts that are shown cannot be told apart, so each such cell must be empty or large enough.
    Where one is not, finer partitions give way to coarser ones and small parts to large ones. `hidden` are hidden from
    the start.

    Where fewer than `fewest` are there at all nothing can be shown, not even the total: then all parts are hidden.
    """
    labels, _, people = distinct_rows(part)
    found = [set(parts) for parts in hidden] if hidden is not None else [set() for _ in range(labels.shape[1])]
    for parts, column in zip(found, labels.T, strict=True):
        parts.update(int(name) for name in np.unique(column) if people[column == name].sum() < fewest)
    while True:
        masks = [~np.isin(column, list(parts)) for parts, column in zip(found, labels.T, strict=True)]
        shown = np.array(masks).T
        cells, place, _ = distinct_rows(np.where(shown, labels, _HIDDEN))
        count = np.bincount(place, people)
        small = np.flatnonzero(count < fewest)
        if not small.size or not shown.any():
            return tuple(frozenset(parts) for parts in found)
        finest = cells[small, -1]
        if (finest != _HIDDEN).any():
            found[-1].update(int(name) for name in finest if name != _HIDDEN)
            continue
        partition, name = _merging(labels, people, shown, cells[small[np.argmin(count[small])]])
        found[partition].add(name)


def distinct_rows(table: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """The different rows of (N, D) in order, which of them each row is (N,), and how many each of them is.

    As `np.unique` over whole rows, which takes ten times as long to compare them.
    """
    rank = np.zeros(len(table), dtype=np.int64)
    for column in table.T:
        width = column.max(initial=0) - column.min(initial=0) + 1
        _, rank = np.unique(rank * width + column, return_inverse=True)
    _, first, counts = np.unique(rank, return_index=True, return_counts=True)
    return table[first], rank, counts


def _merging(labels: IntArray, people: IntArray, shown: npt.NDArray[np.bool_], cell: IntArray) -> tuple[int, int]:
    """The part to hide so that a small cell becomes one with others, as (partition, part)."""
    same = np.where(shown, labels, _HIDDEN) == cell
    for d in reversed(range(labels.shape[1])):
        if cell[d] != _HIDDEN:
            return d, int(cell[d])
        beside = np.delete(same, d, axis=1).all(axis=1) & shown[:, d]
        if d and beside.any():  # of the coarse parts the smallest gives way, wherever it lies
            return d, _smallest(labels[:, d], people, beside)
    d = min(d for d in range(labels.shape[1]) if shown[:, d].any())
    return d, _smallest(labels[:, d], people, shown[:, d])


def _smallest(label: IntArray, people: IntArray, rows: npt.NDArray[np.bool_]) -> int:
    names = np.unique(label[rows])
    return int(names[np.argmin([people[label == name].sum() for name in names])])
