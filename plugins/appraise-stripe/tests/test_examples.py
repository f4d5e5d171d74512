from pathlib import Path

from appraise.testing.tiny_company import tiny_company
from appraise_stripe import adapter


def test_the_click_and_the_loss_are_two_columns(tmp_path: Path) -> None:
    (example,) = adapter.write_example(tiny_company(), tmp_path)

    lines = example.path.read_text(encoding="utf-8").splitlines()
    assert lines[0].endswith(
        "Canceled At (UTC),Ended At (UTC),Cancellation Reason,segment (metadata),campaign (metadata)"
    )
    assert lines[2] == (
        "sub_2,C000002,,jo@example.org,,team,prod_team,1,eur,month,49.90,canceled,2024-06-01 09:00:00,"
        "2024-06-01 09:00:00,2024-06-01 09:00:00,,,,,,,,2025-05-20 12:00:00,2025-06-01 09:00:00,too_expensive,"
        "business,"
    )
