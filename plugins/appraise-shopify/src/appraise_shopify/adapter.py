from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from appraise.adapters.contract import (
    Declaration,
    EventPlan,
    ExampleCompany,
    ExampleFile,
    FileShape,
    ImportOptions,
    Verification,
)
from appraise.adapters.files import detect
from appraise_shopify.examples import write_orders
from appraise_shopify.orders import plan_orders


class ShopifyAdapter:
    """The orders export of a Shopify shop, as purchases and their reversals."""

    declaration: ClassVar[Declaration] = Declaration(
        name="shopify",
        title="Shopify orders",
        format_version="orders export (csv), header as of 2026",
        verification=Verification.SECOND_HAND,
        files=("orders export (csv)",),
        reads=("purchases",),
        quirks=(
            "One row per line item; the order's own cells are on its first row only, and only that row is a purchase.",
            "Refunded Amount becomes a reversal with its own id, so that a purchase stays a purchase.",
            "Cancelled, voided, expired and test orders and orders of nothing are left out with the reason.",
            "An order without an e-mail address is a walk-in: nobody can come back, so it is left out.",
            "Times carry the shop's offset, which changes with daylight saving.",
            "Id tells orders apart; Name (#1001) is unique in one shop only.",
            "Apostrophes that spreadsheets put before numbers are taken off.",
            "Tags become the segment where the setting segment_tags=consumer,business names which tags are segments.",
        ),
        unknowable=(
            "When money was given back: reversals are booked at the time of the order.",
            "Who served the customer, except for orders at a till or entered by an employee.",
            "The shop's own id of the customer: the e-mail address stands for it, hashed.",
        ),
    )

    def shape(self, path: Path, options: ImportOptions) -> FileShape:  # noqa: ARG002  # the contract's arguments
        return detect(path, FileShape())

    def plan_events(self, columns: Sequence[str], path: Path, options: ImportOptions) -> EventPlan:
        return plan_orders(columns, path, self.shape(path, options), options)

    def write_example(self, company: ExampleCompany, directory: Path) -> Iterator[ExampleFile]:
        yield write_orders(company, directory)


adapter = ShopifyAdapter()
