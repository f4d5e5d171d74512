"""Which files a page's component is made of, so that the browser asks for all at once and not level by level."""

import json
import re
from functools import cache
from typing import Final
from urllib.parse import urljoin

from appraise.console.static_files import MOUNT, ROOT, STATIC

IMPORT_MAP: Final = (STATIC / "import-map.json").read_text(encoding="utf-8").replace(f"{MOUNT}/", ROOT)
_NAMES: Final[dict[str, str]] = json.loads(IMPORT_MAP)["imports"]
_IMPORTED: Final = re.compile(r"""\b(?:from|import)\s*["']([^"']+)["']""")


@cache
def modules_of(*elements: str) -> tuple[str, ...]:
    """Addresses of everything that is imported by `elements/<name>.js`, directly or not, themselves first."""
    found: dict[str, None] = {}
    left = [f"{ROOT}elements/{name}.js" for name in elements]
    while left:
        address = left.pop(0)
        if address in found:
            continue
        found[address] = None
        text = (STATIC / address.removeprefix(ROOT)).read_text(encoding="utf-8")
        left += [other for name in _IMPORTED.findall(text) if (other := _resolved(name, address)) is not None]
    return tuple(found)


def _resolved(name: str, importer: str) -> str | None:
    """As a browser does with the import map; None of words that only look like an import."""
    if name.startswith("."):
        return urljoin(importer, name)
    if name in _NAMES:
        return _NAMES[name]
    return next((to + name.removeprefix(known) for known, to in _NAMES.items() if _is_in(name, known)), None)


def _is_in(name: str, known: str) -> bool:
    return known.endswith("/") and name.startswith(known)
