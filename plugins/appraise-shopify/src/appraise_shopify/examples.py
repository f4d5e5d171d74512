"""A generated company's orders as a Shopify shop in Berlin would export them."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from appraise.adapters.contract import ExampleCompany, ExampleFile, ImportOptions

_ADDRESS = ("Name", "Street", "Address1", "Address2", "Company", "City", "Zip", "Province", "Country", "Phone")
_TAXES = tuple(f"Tax {number} {part}" for number in range(1, 6) for part in ("Name", "Value"))
HEADER = (
    *("Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at", "Accepts Marketing"),
    *("Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Code", "Discount Amount", "Shipping Method"),
    *("Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem compare at price"),
    *("Lineitem sku", "Lineitem requires shipping", "Lineitem taxable", "Lineitem fulfillment status"),
    *(f"Billing {part}" for part in _ADDRESS),
    *(f"Shipping {part}" for part in _ADDRESS),
    *("Notes", "Note Attributes", "Cancelled at", "Payment Method", "Payment Reference", "Refunded Amount"),
    *("Vendor", "Outstanding Balance", "Employee", "Location", "Device ID", "Id", "Tags", "Risk Level", "Source"),
    *("Lineitem discount", *_TAXES, "Phone", "Receipt Number", "Duties", "Billing Province Name"),
    *("Shipping Province Name", "Payment ID", "Payment Terms Name", "Next Payment Due At", "Payment References"),
)
_FIRST_LINE_ITEM = HEADER.index("Lineitem quantity")
_AFTER_LINE_ITEM = HEADER.index("Billing Name")
_ORDER_TAIL = {name: HEADER.index(name) - _AFTER_LINE_ITEM for name in HEADER[_AFTER_LINE_ITEM:]}
_ORDER_COLUMNS = ("order", "customer", "created_at", "total", "discount", "refunded", "cancelled_at")


def write_orders(company: ExampleCompany, directory: Path) -> ExampleFile:
    customers = company.table("customers")
    email_of = dict(zip(customers["customer"], customers["email"], strict=True))
    path = directory / "shopify_orders.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        writer.writerows(_rows(company, email_of))
    segments = ",".join(sorted({str(segment) for segment in customers["segment"]}))
    return ExampleFile(path, "shopify", ImportOptions(source="shopify", settings={"segment_tags": segments}))


def _rows(company: ExampleCompany, email_of: dict[object, object]) -> Iterator[list[object]]:
    lines = _line_items(company)
    orders = company.table("orders")
    zone = ZoneInfo("Europe/Berlin")
    head_blank = [""] * (_FIRST_LINE_ITEM - 2)
    tail_blank = [""] * len(_ORDER_TAIL)
    columns = (*_ORDER_COLUMNS, "financial_status", "currency", "tags")
    for order, customer, created, total, discount, refunded, cancelled, status, currency, tags in zip(
        *(orders[name] for name in columns), strict=True
    ):
        name, email, at = f"#{order}", email_of[customer], _shop_time(created, zone)
        head = [name, email, status, at, "fulfilled", at, "no", currency, _money(total), "0.00", "0.00", _money(total)]
        head += ["", _money(discount), "Standard", at]
        tail = tail_blank.copy()
        for field, cell in (
            ("Cancelled at", _shop_time(cancelled, zone)),
            ("Refunded Amount", _money(refunded)),
            ("Outstanding Balance", "0.00"),
            ("Payment Method", "Shopify Payments"),
            ("Id", order),
            ("Tags", tags),
            ("Risk Level", "Low"),
            ("Source", "web"),
        ):
            tail[_ORDER_TAIL[field]] = cell
        first, *others = lines.get(order) or [[""] * (_AFTER_LINE_ITEM - _FIRST_LINE_ITEM)]
        yield [*head, *first, *tail]
        for line in others:
            yield [name, email, *head_blank, *line, *tail_blank]


def _line_items(company: ExampleCompany) -> dict[object, list[list[object]]]:
    table = company.table("order_lines")
    lines: dict[object, list[list[object]]] = defaultdict(list)
    for order, sku, name, quantity, price in zip(
        *(table[column] for column in ("order", "sku", "name", "quantity", "price")), strict=True
    ):
        lines[order].append([quantity, name, _money(price), "", f"'{sku}", "true", "true", "fulfilled"])
    return lines


def _money(cents: object) -> str:
    return f"{cents // 100}.{cents % 100:02}" if isinstance(cents, int) else ""


def _shop_time(moment: object, zone: ZoneInfo) -> str:
    """`2026-05-01 09:59:00 +0200`."""
    if not isinstance(moment, datetime):
        return ""
    text = moment.astimezone(zone).isoformat(sep=" ", timespec="seconds")
    return f"{text[:19]} {text[19:22]}{text[23:25]}"
