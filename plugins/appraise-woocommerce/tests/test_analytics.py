from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
from appraise.errors import InvalidInput
from appraise_woocommerce import adapter


def test_an_export_that_knows_customers_by_name_only_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold\n")
    columns = path.read_text().strip().split(",")

    with pytest.raises(InvalidInput, match="by name only"):
        adapter.plan_events(columns, path, ImportOptions(source="shop"))
