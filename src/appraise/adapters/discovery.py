"""Finding the installed adapters by their entry points."""

from functools import cache
from importlib.metadata import entry_points
from typing import Any

from appraise.adapters.columns import nearest
from appraise.adapters.contract import Adapter
from appraise.adapters.sinks import CallSink, FileSink
from appraise.errors import InvalidInput, NotFound

GROUP = "appraise.adapters"
SINKS = "appraise.sinks"
Sink = CallSink | FileSink


@cache
def installed_adapters() -> dict[str, Adapter]:
    """Adapters by name. Raises `InvalidInput` when two packages claim one name: no coin is tossed."""
    return _offered(GROUP, "an adapter")


@cache
def installed_sinks() -> dict[str, Sink]:
    """Ways of writing into HR systems, by name. Raises as `installed_adapters`."""
    return _offered(SINKS, "a sink")


def _offered(group: str, what: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for point in sorted(entry_points(group=group), key=lambda point: point.name):
        offered = point.load()
        if point.name in found:
            raise InvalidInput(
                f"two installed packages offer {what} named {point.name!r}",
                hint=f"uninstall one of them (the second is {point.value})",
            )
        found[point.name] = offered
    return found


def sink_named(name: str) -> Sink:
    sinks = installed_sinks()
    if name not in sinks:
        meant = nearest(name, tuple(sinks))
        raise NotFound(
            f"there is no sink named {name!r}",
            expected=f"one of: {', '.join(sinks) or 'none is installed'}",
            hint="`appraise adapters` lists them" if meant is None else f"did you mean {meant!r}?",
        )
    return sinks[name]


def adapter_named(name: str) -> Adapter:
    adapters = installed_adapters()
    if name not in adapters:
        known = ", ".join(adapters) or "none is installed"
        meant = nearest(name, tuple(adapters))
        raise NotFound(
            f"there is no adapter named {name!r}",
            expected=f"one of: {known}",
            hint=f"install the package that brings it, e.g. `pip install appraise-{name}`"
            if meant is None
            else f"did you mean {meant!r}?",
        )
    return adapters[name]
