"""What a right scorer would find: each employee's true effect on each indicator."""

import numpy as np
import numpy.typing as npt

from appraise.domain.identifiers import EmployeeId, IndicatorKey
from appraise.domain.indicators import ATTRITION, LIFETIME_VALUE, REPEAT_PURCHASE, SATISFACTION
from appraise.testing.company_calendar import END, OPENING, Booleans, Columns, Floats, Integers
from appraise.testing.company_contacts import NOBODY, Contacts
from appraise.testing.company_people import People
from appraise.testing.company_subscriptions import Ownerships, Subscriptions

Truth = dict[tuple[EmployeeId, IndicatorKey], float]


def true_effects(people: People, contacts: Contacts, owned: Ownerships, running: Subscriptions) -> Truth:
    """Effects of those who serve (or own) in the cycle, relative to their mean: 0 points or a ratio of 1."""
    served = _served(contacts, len(people.jobs))
    owning = _owning(owned, running, len(people.jobs))
    columns = (
        (SATISFACTION, served, 100 * (people.satisfaction - people.satisfaction[served].mean())),
        (REPEAT_PURCHASE, served, _ratio(people.repeat, served)),
        (LIFETIME_VALUE, served, _ratio(people.repeat + people.value, served)),
        (ATTRITION, owning, _ratio(people.attrition, owning)),
    )
    return {
        (EmployeeId(str(people.keys[position])), indicator): float(effect[position])
        for indicator, who, effect in columns
        for position in np.flatnonzero(who)
    }


def truth_list(truth: Truth) -> Columns:
    return {
        "employee": np.array([employee for employee, _ in truth], dtype=object),
        "indicator": np.array([str(indicator) for _, indicator in truth], dtype=object),
        "effect": np.array(list(truth.values())),
    }


def _ratio(effect: Floats, who: Booleans) -> Floats:
    ratio: Floats = np.exp(effect)
    return ratio / float(ratio[who].mean())


def _served(contacts: Contacts, count: int) -> Booleans:
    inside = (contacts.time >= OPENING) & (contacts.agent != NOBODY)
    return _among(contacts.agent[inside], count)


def _owning(owned: Ownerships, running: Subscriptions, count: int) -> Booleans:
    """Owners of a subscription that ran in the cycle while they owned it."""
    start = np.maximum(np.maximum(owned.start, running.start[owned.subscription]), OPENING)
    stop = np.minimum(np.minimum(owned.stop, running.stop[owned.subscription]), END)
    return _among(owned.owner[start < stop], count)


def _among(positions: Integers | npt.NDArray[np.intp], count: int) -> Booleans:
    return np.bincount(positions, minlength=count) > 0
