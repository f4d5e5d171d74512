"""The files of the pages: scripts, styles, type. Below an address that changes with them browsers keep them."""

import hashlib
import re
from pathlib import Path
from typing import Any, Final

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC: Final = Path(__file__).parent / "static"
MOUNT: Final = "/static"


def _fingerprint() -> str:
    """Another one whenever a file is."""
    whole = hashlib.sha256()
    for file in sorted(STATIC.rglob("*")):
        if file.is_file():
            content = file.read_bytes()
            whole.update(f"{file.relative_to(STATIC)} {len(content)}\n".encode() + content)
    return whole.hexdigest()[:16]


FINGERPRINT: Final = _fingerprint()
ROOT: Final = f"{MOUNT}/{FINGERPRINT}/"
_ANY_FINGERPRINT: Final = re.compile(r"[0-9a-f]{16}")
_KEPT: Final = "public, max-age=31536000, immutable"


class Files(StaticFiles):
    """What our own pages name is kept and not asked for again.

    What a host's page names is asked for each time (a short answer), so that a new version shows at once. Pages of
    another version, as beside this one while servers are replaced, get the files of this one, and keep none.
    """

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        first, _, rest = path.partition("/")
        if _ANY_FINGERPRINT.fullmatch(first) is None:
            return await super().get_response(path, scope)
        response = await super().get_response(rest, scope)
        if first == FINGERPRINT:
            response.headers["cache-control"] = _KEPT
        return response

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"
        response.headers["access-control-allow-origin"] = "*"  # a host's page loads components from here
        return response
