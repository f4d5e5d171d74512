"""A small third-party shop and help desk whose export no shipped adapter knows."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest

from appraise.adapters.contract import Declaration, EventSource, ImportOptions, Verification
from appraise.domain.events import EventKind
from appraise.domain.mapping import EventPlan, EventStage, FileShape, Parse, Rule, Skip
from appraise.events.engine import open_engine
from appraise.events.ingest import LoadOptions, import_events
from appraise.events.report import ImportReport
from appraise.events.store import EventStore

AT = datetime(2025, 1, 1, tzinfo=UTC)
HEADER = "no,buyer,mail,time,sum,cur,clerk,state,note"


class CornerShop:
    """Orders of a shop: one row makes a purchase and says who the customer is."""

    declaration: ClassVar = Declaration(
        name="corner-shop",
        title="Corner Shop",
        format_version="1",
        verification=Verification.VERIFIED,
        files=("orders (csv)",),
        reads=("purchases", "customers"),
    )

    def shape(self, path: Path, options: ImportOptions) -> FileShape:  # noqa: ARG002  # as the Protocol has it
        return FileShape(format="csv")

    def plan_events(
        self,
        columns: Sequence[str],  # noqa: ARG002  # as the Protocol has it
        path: Path,  # noqa: ARG002  # as the Protocol has it
        options: ImportOptions,
    ) -> EventPlan:
        when = Rule(Parse.TIMESTAMP, column="time", time_zone=options.time_zone)
        purchase = {
            "event_id": Rule(column="no"),
            "order_id": Rule(column="no"),
            "customer_key": Rule(column="buyer"),
            "link_key": Rule(Parse.LINK, column="mail"),
            "occurred_at": when,
            "kind": Rule(constant="purchase"),
            "amount": Rule(Parse.MONEY, column="sum"),
            "currency": Rule(column="cur"),
            "employee_namespace": Rule(constant="corner-shop:clerk"),
            "employee_key": Rule(column="clerk"),
        }
        customer = {"event_id": Rule(column="buyer"), "customer_key": Rule(column="buyer"), "occurred_at": when}
        return EventPlan(
            shape=FileShape(format="csv"),
            stages=(
                EventStage(EventKind.PURCHASES, purchase, skips=(Skip("state = 'test'", "test order"),)),
                EventStage(EventKind.CUSTOMERS, customer, only="buyer <> ''"),
            ),
            used=tuple(HEADER.split(",")[:-1]),
            warnings=("The export does not tell refunds.",),
        )


def plan(time_zone: str | None = "Europe/Berlin") -> EventPlan:
    shop: EventSource = CornerShop()
    return shop.plan_events(HEADER.split(","), Path("orders.csv"), ImportOptions("corner-shop", time_zone=time_zone))


def only(kind: EventKind, rules: dict[str, Rule], **more: Any) -> EventPlan:
    return EventPlan(FileShape(), (EventStage(kind, rules, **more),))


OPTIONS = LoadOptions(adapter="corner-shop", source="corner-shop", at=AT, link_secret=b"key")


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("store") / "events"
    EventStore(root).initialise()
    return root


@pytest.fixture
def store(empty_store: Path, tmp_path: Path) -> EventStore:
    return EventStore(shutil.copytree(empty_store, tmp_path / "events"))


@pytest.fixture
def load(store: EventStore, tmp_path: Path) -> Callable[..., ImportReport]:
    """Import a text as a file under the shop's plan, or another."""

    def load_text(text: str, name: str = "orders.csv", under: EventPlan | None = None, **changes: Any) -> ImportReport:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8", newline="")
        return import_events(store, under or plan(), path, options=replace(OPTIONS, **changes))

    return load_text


def rows_of(store: EventStore, kind: EventKind, *columns: str) -> list[tuple[object, ...]]:
    """The rows that a reader sees, in order."""
    table = store.snapshot().tables(open_engine())[kind].select(*columns).to_pyarrow()
    return sorted((tuple(row.values()) for row in table.to_pylist()), key=repr)


def orders(*rows: str) -> str:
    return "\n".join([HEADER, *rows]) + "\n"
