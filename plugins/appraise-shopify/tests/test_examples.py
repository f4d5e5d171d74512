import csv
from pathlib import Path

from appraise.testing.tiny_company import tiny_company
from appraise_shopify import adapter


def test_only_the_first_line_item_carries_the_order(tmp_path: Path) -> None:
    """00:30 UTC on 26 October 2025 is 02:30 in Berlin, still with the summer's offset."""
    (example,) = adapter.write_example(tiny_company(), tmp_path)

    with example.path.open(encoding="utf-8", newline="") as stream:
        header, _, first, second, _ = csv.reader(stream)
    assert len(header) == 79
    assert {name: cell for name, cell in zip(header, first, strict=True) if cell} == {
        "Name": "#1002",
        "Email": "jo@example.org",
        "Financial Status": "partially_refunded",
        "Paid at": "2025-10-26 02:30:00 +0200",
        "Fulfillment Status": "fulfilled",
        "Fulfilled at": "2025-10-26 02:30:00 +0200",
        "Accepts Marketing": "no",
        "Currency": "EUR",
        "Subtotal": "100.00",
        "Shipping": "0.00",
        "Taxes": "0.00",
        "Total": "100.00",
        "Discount Amount": "5.00",
        "Shipping Method": "Standard",
        "Created at": "2025-10-26 02:30:00 +0200",
        "Lineitem quantity": "2",
        "Lineitem name": "Chair, blue",
        "Lineitem price": "40.00",
        "Lineitem sku": "'0816",
        "Lineitem requires shipping": "true",
        "Lineitem taxable": "true",
        "Lineitem fulfillment status": "fulfilled",
        "Payment Method": "Shopify Payments",
        "Refunded Amount": "40.00",
        "Outstanding Balance": "0.00",
        "Id": "1002",
        "Tags": "business",
        "Risk Level": "Low",
        "Source": "web",
    }
    assert {name: cell for name, cell in zip(header, second, strict=True) if cell} == {
        "Name": "#1002",
        "Email": "jo@example.org",
        "Lineitem quantity": "1",
        "Lineitem name": "Lamp",
        "Lineitem price": "25.00",
        "Lineitem sku": "'0817",
        "Lineitem requires shipping": "true",
        "Lineitem taxable": "true",
        "Lineitem fulfillment status": "fulfilled",
    }
