"""An import's settings, as an adapter takes them: known by name, or refused with the nearest right name."""

from collections.abc import Iterable, Mapping

from appraise.adapters.columns import nearest
from appraise.errors import InvalidInput

OF_THE_IMPORT = frozenset({"allow_ends", "encoding", "missing", "rehired"})
"""Settings that the import itself reads, whatever the adapter."""


def own_settings(settings: Mapping[str, str], known: Iterable[str]) -> dict[str, str]:
    """The settings that are the adapter's. A known name ending in `.` stands for all that start with it.

    Raises `InvalidInput` for any other: a misspelt setting must not be taken for one that was not given.
    """
    names = tuple(known)
    prefixes = tuple(one for one in names if one.endswith("."))
    own = {name: value for name, value in settings.items() if name not in OF_THE_IMPORT}
    for name in own:
        is_prefixed = name.startswith(prefixes) and name not in prefixes
        if not is_prefixed and (name not in names or name in prefixes):
            prefix, dot, rest = name.partition(".")
            close = nearest(name, names) or nearest(f"{prefix}{dot}", names)
            meant = f"{close}{rest}" if close is not None and close.endswith(".") else close
            raise InvalidInput(
                f"there is no setting {name!r}",
                expected=f"one of: {', '.join(names)}" if names else "no setting",
                hint=f"did you mean {meant!r}?" if meant else None,
            )
    return own
