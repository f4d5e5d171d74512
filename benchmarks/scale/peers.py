"""What a person would write: the mean answer and how many contacts were followed by a purchase, by employee.

    python benchmarks/scale/peers.py scan|pandas|polars EVENTS

No case mix, no shared credit, no shrinkage, no interval: the least that such a table can be.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from deltalake import DeltaTable

START, END = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
HORIZON = timedelta(days=90)
CASE = ("channel", "topic", "product", "segment", "region")
WHO = ("source", "event_id", "occurred_at", "customer_key", "employee_namespace", "employee_key")
COLUMNS = {
    "contacts": (*WHO, *CASE, "case_id", "transferred"),
    "ratings": (*WHO, *CASE, "contact_id", "scale", "score", "score_low", "score_high"),
    "purchases": (*WHO, *CASE, "order_id", "kind", "amount", "currency"),
    "customers": ("source", "event_id", "occurred_at", "customer_key", "segment", "region"),
}


def files(events: Path, kind: str) -> list[str]:
    return sorted(DeltaTable(str(events / kind)).file_uris())


def scan(events: Path) -> None:
    import duckdb

    engine = duckdb.connect()
    engine.execute("SET memory_limit = '1.5GB'")
    for kind, columns in COLUMNS.items():
        engine.execute(
            f"SELECT {', '.join(f'bit_xor(hash({one}))' for one in columns)} FROM read_parquet({files(events, kind)})"
        ).fetchall()


def pandas(events: Path) -> None:
    import pandas as pd

    def read(kind: str, *columns: str) -> Any:
        return pd.concat([pd.read_parquet(one, columns=list(columns)) for one in files(events, kind)])

    contacts = read("contacts", "event_id", "occurred_at", "customer_key", "employee_key")
    contacts = contacts[(contacts.occurred_at >= START) & (contacts.occurred_at < END)]
    ratings = read("ratings", "contact_id", "score").merge(contacts, left_on="contact_id", right_on="event_id")
    ratings["score"] = ratings.score.astype(float)
    satisfaction = ratings.groupby("employee_key").score.mean()
    bought = read("purchases", "occurred_at", "customer_key", "kind")
    bought = bought[bought.kind == "purchase"].sort_values("occurred_at").rename(columns={"occurred_at": "bought_at"})
    after = pd.merge_asof(
        contacts.sort_values("occurred_at"), bought, left_on="occurred_at", right_on="bought_at",
        by="customer_key", direction="forward", allow_exact_matches=False, tolerance=HORIZON,
    )  # fmt: skip
    repeated = after.assign(again=after.bought_at.notna()).groupby("employee_key").again.mean()
    print(len(satisfaction), len(repeated))


def polars(events: Path) -> None:
    try:
        import polars as pl
    except ImportError:
        print("skipped: polars is not installed (pip install polars)")
        return

    def read(kind: str, *columns: str) -> Any:
        return pl.scan_parquet(files(events, kind)).select(columns)

    contacts = read("contacts", "event_id", "occurred_at", "customer_key", "employee_key")
    contacts = contacts.filter((pl.col("occurred_at") >= START) & (pl.col("occurred_at") < END))
    ratings = read("ratings", "contact_id", "score").join(contacts, left_on="contact_id", right_on="event_id")
    satisfaction = ratings.group_by("employee_key").agg(pl.col("score").cast(pl.Float64).mean()).collect()
    bought = read("purchases", "occurred_at", "customer_key", "kind").filter(pl.col("kind") == "purchase")
    bought = bought.with_columns(bought_at=pl.col("occurred_at")).sort("occurred_at")
    after = contacts.with_columns(occurred_at=pl.col("occurred_at") + pl.duration(microseconds=1)).sort("occurred_at")
    again = after.join_asof(bought, on="occurred_at", by="customer_key", strategy="forward", tolerance=HORIZON)
    repeated = again.group_by("employee_key").agg(pl.col("bought_at").is_not_null().mean()).collect()
    print(len(satisfaction), len(repeated))


if __name__ == "__main__":
    {"scan": scan, "pandas": pandas, "polars": polars}[sys.argv[1]](Path(sys.argv[2]))
