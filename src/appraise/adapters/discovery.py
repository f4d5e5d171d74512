"""Finding the installed adapters by their entry points."""

from functools import cache
from importlib.metadata import entry_points

from appraise.adapters.columns import nearest
from appraise.adapters.contract import Adapter
from appraise.errors import InvalidInput, NotFound

GROUP = "appraise.adapters"


@cache
def installed_adapters() -> dict[str, Adapter]:
    """Adapters by name. Raises `InvalidInput` when two packages claim one name: no coin is tossed."""
    found: dict[str, Adapter] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        adapter = point.load()
        if point.name in found:
            raise InvalidInput(
                f"two installed packages offer an adapter named {point.name!r}",
                hint=f"uninstall one of them (the second is {point.value})",
            )
        found[point.name] = adapter
    return found


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
