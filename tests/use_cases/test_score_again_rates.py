"""A run with orders in two currencies, computed again after other exchange rates were imported."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from tests.use_cases.conftest import AT, Company
from tests.use_cases.test_score_again import EITHER, SALES, again, change, deployment, load, states

from appraise.domain.indicators import LIFETIME_VALUE
from appraise.domain.policies import DEFAULTS, Policy
from appraise.domain.progress import silent
from appraise.use_cases.import_rates import import_rates
from appraise.use_cases.inputs_of_then import State
from appraise.use_cases.score_again import Verdict
from appraise.use_cases.score_cycle import score_cycle

__all__ = ["deployment"]  # the fixture with event tables


@EITHER
def test_a_run_is_computed_by_the_exchange_rates_of_then(company: Company, tmp_path: Path) -> None:
    rows = [f"{n},c{n % 30},{date(2024, 12, 1) + timedelta(days=n)},ann,{100 + n}" for n in range(120)]
    load(company, tmp_path, "sales", SALES, ["id,customer,at,agent,amount", *rows])
    abroad = SALES.replace("EUR", "USD")
    load(company, tmp_path, "abroad", abroad, ["id,customer,at,agent,amount", *(f"x{row}" for row in rows[:90])])
    policy = Policy(((LIFETIME_VALUE, replace(DEFAULTS[LIFETIME_VALUE], weight=1.0)),))

    def rated(rate: str) -> None:
        days = "".join(f"{date(2024, 12, 1) + timedelta(days=n)},{rate}\n" for n in range(0, 90, 5))
        (tmp_path / "rates.csv").write_text(f"Date,USD\n{days}", encoding="utf-8")
        import_rates(company.deployment, tmp_path / "rates.csv", base="EUR", reporting="EUR", at=AT)

    rated("1.05")
    first = score_cycle(
        company.deployment, company.cycle.id, policy, memory_limit=None, clock=lambda: AT, progress=silent
    )
    rated("1.5")
    found = again(company, first.id)

    assert any("Converted to EUR" in note for note in first.coverage[0].notes)
    assert (found.verdict, states(found)["exchange rates"]) == (Verdict.SAME, State.SAME)
    change(company, "UPDATE exchange_rates SET rate = '1.06' WHERE sheet = 1 AND day = '2024-12-06'")
    assert states(again(company, first.id))["exchange rates"] is State.DIFFERENT
    change(company, "UPDATE rate_sheets SET hash = 'x' WHERE number = 1")
    assert states(again(company, first.id))["exchange rates"] is State.GONE
