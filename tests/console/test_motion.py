"""Nothing on a page moves by itself, so that whoever asks for less motion has none to be spared."""

import re
from pathlib import Path

import appraise.console

STATIC = Path(appraise.console.__file__).parent / "static"
MOVES = re.compile(r"smooth|@keyframes|animation\s*:|\.animate\(|startViewTransition|transition\s*:(?!\s*opacity )")


def test_no_element_and_no_style_of_ours_moves_anything() -> None:
    files = [one for kind in ("js", "css") for one in STATIC.rglob(f"*.{kind}") if "vendor" not in one.parts]
    ours = [one for one in files if len(one.read_text(encoding="utf-8").splitlines()) > 1]

    assert len(ours) > 50
    assert [
        f"{one.name}: {found[0]}" for one in ours for found in MOVES.finditer(one.read_text(encoding="utf-8"))
    ] == []
