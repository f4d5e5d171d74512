from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from appraise.adapters.columns import find_column
from appraise.adapters.contract import (
    Declaration,
    EventPlan,
    ExampleCompany,
    ExampleFile,
    FileShape,
    ImportOptions,
    Verification,
)
from appraise.adapters.event_tables import plan_tables
from appraise.adapters.files import detect
from appraise_stripe.charges import PAYMENTS
from appraise_stripe.examples import write_subscriptions
from appraise_stripe.subscriptions import plan_subscriptions


class StripeAdapter:
    """The exports of subscriptions and of payments of a Stripe account."""

    declaration: ClassVar[Declaration] = Declaration(
        name="stripe",
        title="Stripe subscriptions and payments",
        format_version="subscriptions.csv and payments.csv of the dashboard, columns with (UTC)",
        verification=Verification.SECOND_HAND,
        files=("subscriptions export (csv)", "payments export (csv)"),
        reads=("purchases", "subscriptions"),
        quirks=(
            "Canceled At is the click and Ended At the loss: a subscription is lost when it ends.",
            "Failed payments, disputes and fraud are involuntary ends.",
            "Subscriptions that never started (incomplete, incomplete_expired) are left out with the reason.",
            "Amounts are in major units, currencies in small letters, times in UTC.",
            "segment (metadata) and region (metadata) are taken; others by a setting: column.segment=tier (metadata).",
            "A payment that was given back in part keeps its status: Amount Refunded is a reversal beside it.",
            "Failed, uncaptured and test payments are left out; a status that is not known is rejected.",
            "Who paid without an account is known by the hashed e-mail address.",
            "Who sold is in metadata only: --set column.employee='agent (metadata)' --set employees=email.",
            "A file without any ended subscription is reported: the dashboard leaves them out unless asked.",
        ),
        unknowable=(
            "Who looked after the customer: import ownerships from elsewhere.",
            "When money was given back: reversals are booked at the time of the payment.",
            "Which payments of invoices are renewals of a subscription: all of them are purchases.",
            "Why a subscription ended where Cancellation Reason is blank.",
        ),
    )

    def shape(self, path: Path, options: ImportOptions) -> FileShape:  # noqa: ARG002  # the contract's arguments
        return detect(path, FileShape())

    def plan_events(self, columns: Sequence[str], path: Path, options: ImportOptions) -> EventPlan:
        if find_column(columns, "Amount Refunded"):
            return plan_tables((PAYMENTS,), columns, path, self.shape(path, options), options)
        return plan_subscriptions(columns, path, self.shape(path, options), options)

    def write_example(self, company: ExampleCompany, directory: Path) -> Iterator[ExampleFile]:
        yield write_subscriptions(company, directory)


adapter = StripeAdapter()
