"""The page and the command line tell the same money, in the digits of ISO 4217."""

import json
import re
from pathlib import Path

from tests.node import CLIENTS, need_node, run_node

from appraise.console import pages
from appraise.domain.explanations import whole_amount
from appraise.domain.money import MINOR_DIGITS, in_whole_units

ELEMENTS = Path(pages.__file__).parent / "static" / "elements"
AMOUNTS = (123_456_789, -123_456_789, 100_050, 250, 150, -150, 4, -4, 0)


def bare(text: str) -> str:
    """Without the currency's sign or code, which may have letters and points of its own."""
    found = re.fullmatch(r"([+-]?)\D*?([\d,.]*\d)", text.replace("\N{NO-BREAK SPACE}", " "))
    assert found is not None, text
    return found[1] + found[2]


def test_the_page_has_the_digits_and_the_rounding_of_the_command_line() -> None:
    """ISO 4217, amendment 176; browsers alone would tell dinars of Iraq and of Serbia without their minor units."""
    need_node()
    asked = [(minor, currency) for currency in MINOR_DIGITS for minor in AMOUNTS]
    run = run_node(CLIENTS, "money.mjs", str(ELEMENTS), given=json.dumps(asked))
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)

    assert [digits for digits, _, _ in told] == [MINOR_DIGITS[currency] for _, currency in asked]
    assert [bare(text) for _, text, _ in told] == [f"{in_whole_units(minor, currency):,f}" for minor, currency in asked]
    assert [bare(text) for *_, text in told] == [
        whole_amount(minor, currency).replace("−", "-") for minor, currency in asked
    ]


def test_no_component_asks_the_browser_for_the_digits_of_a_currency() -> None:
    asking = [one.name for one in ELEMENTS.rglob("*.js") if 'style: "currency"' in one.read_text("utf-8")]

    assert asking == ["currencies.js"]
