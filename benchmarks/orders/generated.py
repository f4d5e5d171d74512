"""A shop's export of orders: 40 columns, one row in a hundred unfit in one of ten ways, written as a stream."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

COLUMNS = (
    *("Order", "Shop", "Created at", "Paid at", "Status", "Customer", "Email", "Phone", "First name", "Last name"),
    *("Company", "Street", "City", "Zip", "Province", "Country", "Currency", "Subtotal", "Shipping", "Taxes"),
    *("Discount", "Total", "Discount code", "Items", "SKU", "Product", "Category", "Channel", "Segment", "Employee"),
    *("Location", "Payment method", "Payment reference", "Shipping method", "Fulfilled at", "Tags", "Note", "Device"),
    *("Risk", "Source"),
)
TYPES = {
    **dict.fromkeys(COLUMNS, "VARCHAR"),
    **dict.fromkeys(("Created at", "Paid at", "Fulfilled at"), "TIMESTAMP"),
    **dict.fromkeys(("Subtotal", "Shipping", "Taxes", "Discount", "Total"), "DECIMAL(18,2)"),
    **dict.fromkeys(("Order", "Customer", "Items"), "BIGINT"),
}
MAPPING = """\
kind = "purchases"
time_zone = "Europe/Berlin"

[employee]
namespace = "shop:clerk"
column = "Employee"

[columns]
event_id = "Order"
order_id = "Order"
occurred_at = "Created at"
customer_key = "Customer"
link_key = "Email"
amount = "Total"
currency = "Currency"
channel = "Channel"
product = "Category"
segment = "Segment"
region = "Country"

[constants]
kind = "purchase"
"""
EVERY = 100
"""One row of so many is unfit."""

BEGINNING, DAYS = date(2020, 1, 6), 1700
CITIES = (("Köln", "50667", "NW", "DE"), ("Łódź", "90-001", "LD", "PL"), ("Αθήνα", "105 51", "I", "GR"))
NAMES = (("Zoë", "Árva"), ("Иван", "Коваленко"), ("José", "García-Marín"), ("Ada", "O'Neil"), ("ليلى", "حداد"))
CATEGORIES = ("bicycle", "helmet", "lamp", "lock", "pump", "saddle", "service")
CHANNELS = ("web", "store", "phone", "app")
SEGMENTS = ("consumer", "business", "club")
SHAPES = 997
"""Rows repeat what no rule reads, in as many forms."""


@dataclass(frozen=True, slots=True)
class Form:
    """What stands between the cells that differ from row to row; `price` is in cents."""

    shop: str
    name: str
    contact: str
    sums: str
    rest: str
    price: int


class Row(NamedTuple):
    order: object
    when: str
    customer: object
    currency: str
    total: str

    def line(self, form: Form) -> str:
        order, when, customer, currency, total = self
        return (
            f"{order},{form.shop},{when},{when},paid,{customer},{form.name}{customer}@example.org,"
            f"{form.contact},{currency},{total},{form.sums},{total},{form.rest}\n"
        )


Spoil = Callable[[Row, Form], str]
UNFIT: tuple[tuple[str, Spoil], ...] = (
    ("not an amount of money", lambda row, form: row._replace(total="12 apples").line(form)),
    ("too few cells in the row", lambda row, form: row.line(form)[:60] + "\n"),
    ("not a currency of ISO 4217", lambda row, form: row._replace(currency="EUX").line(form)),
    ("a required value is missing", lambda row, form: row._replace(customer="").line(form)),
    ("not a time in the expected form", lambda row, form: row._replace(when="2024-13-45 10:00:00").line(form)),
    ("in the future", lambda row, form: row._replace(when="2099-01-01 00:00:00").line(form)),
    ("more decimal places than the currency has", lambda row, form: row._replace(total="12.345").line(form)),
    ("a purchase must not be negative", lambda row, form: row._replace(total="-5.00").line(form)),
    ("too many cells in the row", lambda row, form: row.line(form)[:-1] + ",surplus\n"),
    ("a required value is missing", lambda row, form: row._replace(order="").line(form)),
)
"""The reason that must be told, and how a row comes by it."""


@dataclass(slots=True)
class Truth:
    """What the file holds, counted while it was written; `cents` is the sum of the fit rows' amounts."""

    rows: int
    fit: int = 0
    cents: int = 0
    unfit: dict[int, str] = field(default_factory=dict)
    """Row as a spreadsheet counts → the reason that must be told."""


def write_orders(path: Path, rows: int) -> Truth:
    truth = Truth(rows)
    forms = [_form(shape) for shape in range(SHAPES)]
    days = [f"{BEGINNING + timedelta(days=day):%Y-%m-%d}" for day in range(DAYS)]
    minutes = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(1440)]
    with path.open("w", encoding="utf-8", newline="", buffering=1 << 22) as stream:
        stream.write(",".join(COLUMNS) + "\n")
        for number in range(rows):
            form = forms[number % SHAPES]
            cents = form.price + number % 1009 * 7
            when = f"{days[number // 60 % DAYS]} {minutes[number * 17 % 1440]}:{number % 60:02d}"
            customer = number * 2_654_435_761 % (rows // 5 + 1)
            row = Row(number, when, customer, "EUR", f"{cents // 100}.{cents % 100:02d}")
            if number % EVERY == EVERY - 1:
                reason, spoil = UNFIT[number // EVERY % len(UNFIT)]
                truth.unfit[number + 2] = reason
                stream.write(spoil(row, form))
            else:
                truth.fit += 1
                truth.cents += cents
                stream.write(row.line(form))
    return truth


def _form(shape: int) -> Form:
    given, family = NAMES[shape % len(NAMES)]
    place = ",".join(CITIES[shape % len(CITIES)])
    category, price = CATEGORIES[shape % 7], 500 + shape * 131 % 40_000
    return Form(
        shop=f"shop-{shape % 4}",
        name=f"customer.{shape % 17}.",
        contact=f'+49 30 {shape:06d},{given},{family},"{family}, {given} & Co.",Street {shape % 200},{place}',
        sums=f"4.90,{price % 1900 / 100:.2f},0.00",
        rest=f"WELCOME{shape % 10},{1 + shape % 5},SKU-{shape:05d},Item {shape} of the range,{category},"
        f"{CHANNELS[shape % 4]},{SEGMENTS[shape % 3]},clerk-{shape % 400:03d},Store {shape % 30},card,"
        f'ch_{shape * 7919:014x},standard parcel,2024-01-{1 + shape % 28:02d} 10:00:00,"new, {category}",'
        f'"says ""thank you"" and waits",till {shape % 50},low,export',
        price=price,
    )
