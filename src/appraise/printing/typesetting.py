"""Typst: a template beside this file, and its words as data, none of which is read as markup."""

import json
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

STANDARDS: Final = ("a-2a", "ua-1")
"""Tagged for readers of screens (PDF/UA-1), and kept by itself (PDF/A-2a)."""


def pdf(template: str, words: dict[str, Any], *, made_at: datetime) -> bytes:
    """Same words and time, same bytes. A PDF dates itself to the second, so that fractions are dropped."""
    at = made_at.replace(microsecond=0)
    return _compiled(template, words, format="pdf", pdf_standards=list(STANDARDS), timestamp=at)[0]


def images(template: str, words: dict[str, Any], *, ppi: float) -> list[bytes]:
    """The same pages as pictures (PNG)."""
    return _compiled(template, words, format="png", ppi=ppi)


def _compiled(template: str, words: dict[str, Any], **how: Any) -> list[bytes]:
    import typst  # noqa: PLC0415  # large, and only needed here

    text = files("appraise.printing").joinpath(template).read_bytes()
    sent = {"words": json.dumps(words, ensure_ascii=False)}
    made = typst.compile(text, font_paths=_fonts(), sys_inputs=sent, **how)
    return [made] if isinstance(made, bytes) else list(made or ())


@cache
def _fonts() -> Any:
    """Looked for once. Those that are packaged have Latin, Greek and Cyrillic; others are the system's."""
    import typst  # noqa: PLC0415

    return typst.Fonts()
