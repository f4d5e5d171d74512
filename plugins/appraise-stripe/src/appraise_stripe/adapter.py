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
from appraise_stripe.examples import write_subscriptions
from appraise_stripe.subscriptions import plan_subscriptions


class StripeAdapter:
    """The subscriptions export of a Stripe account."""

    declaration: ClassVar[Declaration] = Declaration(
        name="stripe",
        title="Stripe subscriptions",
        format_version="subscriptions.csv of the dashboard, columns with (UTC)",
        verification=Verification.SECOND_HAND,
        files=("subscriptions export (csv)",),
        reads=("subscriptions",),
        quirks=(
            "Canceled At is the click and Ended At the loss: a subscription is lost when it ends.",
            "Failed payments, disputes and fraud are involuntary ends.",
            "Subscriptions that never started (incomplete, incomplete_expired) are left out with the reason.",
            "Amounts are in major units, currencies in small letters, times in UTC.",
            "segment (metadata) and region (metadata) are taken; others by a setting: column.segment=tier (metadata).",
            "A file without any ended subscription is reported: the dashboard leaves them out unless asked.",
        ),
        unknowable=(
            "Who looked after the customer: import ownerships from elsewhere.",
            "Why a subscription ended where Cancellation Reason is blank.",
        ),
    )

    def shape(self, path: Path, options: ImportOptions) -> FileShape:  # noqa: ARG002  # the contract's arguments
        return detect(path, FileShape())

    def plan_events(self, columns: Sequence[str], path: Path, options: ImportOptions) -> EventPlan:
        return plan_subscriptions(columns, path, self.shape(path, options), options)

    def write_example(self, company: ExampleCompany, directory: Path) -> Iterator[ExampleFile]:
        yield write_subscriptions(company, directory)


adapter = StripeAdapter()
