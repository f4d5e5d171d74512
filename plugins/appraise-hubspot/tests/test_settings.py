from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
from appraise.errors import InvalidInput
from appraise_hubspot import adapter

FILE = Path(__file__).parent / "fixtures" / "deals.csv"
COLUMNS = FILE.read_text(encoding="utf-8").splitlines()[0].split(",")


def customers_by(customer: str) -> set[str | None]:
    settings = {"currency": "EUR", "customer": customer}
    plan = adapter.plan_events(COLUMNS, FILE, ImportOptions(source="crm", time_zone="UTC", settings=settings))
    return {stage.rules["customer_key"].column for stage in plan.stages}


def test_customers_are_companies_where_the_setting_says_so() -> None:
    assert customers_by("Company") == {"Associated Company IDs"}
    with pytest.raises(InvalidInput, match="customer cannot be 'companies'") as refusal:
        customers_by("companies")
    assert refusal.value.expected == "one of: contact, company"
