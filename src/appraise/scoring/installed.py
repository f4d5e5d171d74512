"""Which indicators are installed: Appraise's own, and those that other packages offer by the entry points' group.

A package that cannot be read, or that claims a key that is taken, is named and does not stop the others.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import COMPOSITE
from appraise.domain.policies import register
from appraise.errors import InvalidInput
from appraise.scoring import (
    attrition,
    first_contact_resolution,
    lifetime_value,
    repeat_purchase,
    satisfaction,
    transfers,
)
from appraise.scoring.indicator import Indicator

GROUP: Final = "appraise.indicators"
OWN_PACKAGE: Final = "appraise"
OWN: Final = (
    satisfaction.INDICATOR,
    repeat_purchase.INDICATOR,
    lifetime_value.INDICATOR,
    attrition.INDICATOR,
    first_contact_resolution.INDICATOR,
    transfers.INDICATOR,
)


KEY: Final = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Refused:
    """An entry point that is not used: its `name`, its `package`, and why."""

    name: str
    package: str
    reason: str


@dataclass(frozen=True, slots=True)
class Installed:
    """Indicators by key with the name and version of their `package`, in the order of a section."""

    indicators: Mapping[IndicatorKey, Indicator]
    packages: Mapping[IndicatorKey, str]
    refused: tuple[Refused, ...]


@cache
def installed() -> Installed:
    """Find the installed indicators and make them known to policies, pages and the API."""
    indicators = {own.definition.key: own for own in OWN}
    packages = dict.fromkeys(indicators, OWN_PACKAGE)
    refused: list[Refused] = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, _package(point))):
        offered = _loaded(point)
        if isinstance(offered, Refused):
            refused.append(offered)
        elif not KEY.fullmatch(offered.definition.key) or offered.definition.key == COMPOSITE:
            reason = f"the key {offered.definition.key!r} is reserved, or not of small letters, digits and underscores"
            refused.append(Refused(point.name, _package(point), reason))
        elif (key := offered.definition.key) in indicators:
            reason = f"the key {key!r} is taken by {packages[key]}; uninstall one of the two packages"
            refused.append(Refused(point.name, _package(point), reason))
        else:
            indicators[key], packages[key] = offered, _package(point)
    for indicator in indicators.values():
        register(indicator.definition, indicator.defaults)
    return Installed(indicators, packages, tuple(refused))


def indicator_named(key: IndicatorKey) -> Indicator:
    """Raises `InvalidInput` where no installed package offers it, with the packages that could not be read."""
    found = installed()
    if key not in found.indicators:
        broken = "; ".join(f"{one.name} of {one.package} is not used: {one.reason}" for one in found.refused)
        raise InvalidInput(
            f"the policy names the indicator {key!r}",
            expected=f"one of {', '.join(sorted(found.indicators))}",
            hint=broken or "install the package that offers it; `appraise indicators` lists what there is",
        )
    return found.indicators[key]


def _loaded(point: EntryPoint) -> Indicator | Refused:
    try:
        offered = point.load()
    except Exception as error:  # noqa: BLE001  # whatever a stranger's module raises, it must not stop the others
        return Refused(point.name, _package(point), f"{point.value} cannot be loaded: {type(error).__name__}: {error}")
    if not isinstance(offered, Indicator):
        what = f"{point.value} is a {type(offered).__name__}, not an appraise.scoring.indicator.Indicator"
        return Refused(point.name, _package(point), what)
    return offered


def _package(point: EntryPoint) -> str:
    return "unknown package" if point.dist is None else f"{point.dist.name} {point.dist.version}"
