"""Which categories of a table to hide, so that nobody in a small one can be made out (complementary suppression).

Hundepool et al. 2012, Statistical Disclosure Control, chapter 4: hiding the small cells is not enough, as a single
hidden one is the total less the others.
"""

import numpy as np
import numpy.typing as npt

from appraise.statistics.arrays import vector

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
