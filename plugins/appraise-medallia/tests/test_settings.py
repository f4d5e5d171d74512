from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
from appraise.errors import InvalidInput
from appraise_medallia import adapter

FILE = Path(__file__).parent / "fixtures" / "responses.csv"
COLUMNS = FILE.read_text(encoding="utf-8").splitlines()[0].split(",")


@pytest.mark.parametrize(
    ("settings", "namespace"),
    [({}, "email"), ({"employees": "email"}, "email"), ({"employees": "Custom_ID"}, "medallia:employee")],
)
def test_the_employee_is_known_as_the_setting_says(settings: dict[str, str], namespace: str) -> None:
    plan = adapter.plan_events(COLUMNS, FILE, ImportOptions(source="care", settings=settings))

    assert {stage.rules["employee_namespace"].constant for stage in plan.stages} == {namespace}


def test_a_setting_of_no_known_value_is_not_taken_for_the_default() -> None:
    with pytest.raises(InvalidInput, match="employees cannot be 'id'") as refusal:
        adapter.plan_events(COLUMNS, FILE, ImportOptions(source="care", settings={"employees": "id"}))
    assert refusal.value.expected == "one of: email, custom_id"
