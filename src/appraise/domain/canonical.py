"""One text for equal documents, and its hash: what is stored as a hash can be verified by anybody."""

import hashlib
import json
from typing import Any


def canonical(document: Any) -> str:
    """JSON with sorted keys and no blanks. Raises `ValueError` for what is no number in JSON, and `TypeError`."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sha256(text: str) -> str:
    """64 hexadecimal digits, of the text as UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()
