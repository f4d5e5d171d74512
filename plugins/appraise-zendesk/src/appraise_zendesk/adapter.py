from collections.abc import Iterator, Sequence
from dataclasses import replace
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
from appraise.adapters.files import detect
from appraise.adapters.settings import own_settings
from appraise.errors import InvalidInput, Place
from appraise_zendesk.examples import write_ratings, write_tickets
from appraise_zendesk.ratings import plan_ratings
from appraise_zendesk.tickets import SETTINGS, plan_tickets


class ZendeskAdapter:
    """Tickets as contacts and customers, satisfaction ratings as ratings."""

    declaration: ClassVar[Declaration] = Declaration(
        name="zendesk",
        title="Zendesk Support",
        format_version="ticket CSV (views export, English labels); satisfaction ratings of API v2",
        verification=Verification.SECOND_HAND,
        files=("ticket export (csv)", "satisfaction ratings (json, json lines)"),
        reads=("contacts", "customers", "ratings"),
        quirks=(
            "Times in the CSV have no offset: the account's time zone must be declared.",
            "The CSV names the assignee, without an id: two employees of one name cannot be told apart.",
            "More than one assignee station marks the contact as transferred.",
            "assignee_id of a rating is the agent at the time of the rating and is never replaced.",
            "A rating without an assignee is nobody's, and not that of whom the ticket is assigned to by now.",
            "Ratings that were offered or not offered are left out, not counted as bad.",
            "Tickets without an assignee, of bots and deleted ones are left out with the reason.",
            "Answer Bot is a bot, and so is whom the setting bots=… names: by name, of ratings by id.",
            "Topic [list] and Segment [list] are taken; other fields by settings such as column.product=Plan [list].",
        ),
        unknowable=(
            "Who else held a transferred ticket: the CSV has the last assignee only.",
            "The header of the CSV is in the administrator's language; only English is read.",
            "Which of the two hours is meant when the clocks go back: the CSV has no offset.",
            "The newer survey responses (CSAT with 2, 3 or 5 points) are another export and not read.",
        ),
    )

    def shape(self, path: Path, options: ImportOptions) -> FileShape:  # noqa: ARG002  # the contract's arguments
        shape = detect(path, FileShape())
        return replace(shape, records_path="satisfaction_ratings") if shape.format == "json" else shape

    def plan_events(self, columns: Sequence[str], path: Path, options: ImportOptions) -> EventPlan:
        shape = self.shape(path, options)
        own_settings(options.settings, SETTINGS)
        if find_column(columns, "assignee_id") and find_column(columns, "score"):
            return plan_ratings(columns, path, shape, options.settings)
        if shape.format == "csv":
            return plan_tickets(columns, path, shape, options)
        raise InvalidInput(
            "the file holds no satisfaction ratings",
            place=Place(path.name),
            expected="satisfaction ratings (score, assignee_id, ticket_id …) as JSON, or tickets as CSV",
        )

    def write_example(self, company: ExampleCompany, directory: Path) -> Iterator[ExampleFile]:
        yield write_tickets(company, directory)
        yield write_ratings(company, directory)


adapter = ZendeskAdapter()
