"""Typst: a template beside this file, and its words as data, none of which is read as markup."""

import json
from functools import cache
from importlib.resources import files
from typing import Any


def compiled(template: str, words: dict[str, Any], **how: Any) -> list[bytes]:
    """One PDF, or a picture for each page. `how` is what Typst takes, such as the format."""
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
