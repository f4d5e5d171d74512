"""A large organisation, written straight into an event store: no file is imported, one scale gives the same rows."""

import shutil
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
from people import write_file

from appraise.adapters.contract import ImportOptions
from appraise.bootstrap import initialise
from appraise.domain.events import EventKind
from appraise.domain.periods import Period
from appraise.domain.progress import silent
from appraise.events.data_files import write_files
from appraise.events.log import Commit, Origin
from appraise.events.schema import DUCKDB, stored_columns
from appraise.settings import Settings
from appraise.use_cases.import_people import import_people
from appraise.use_cases.open_cycle import open_cycle

CYCLE = "2025"
AT = datetime(2026, 1, 2, tzinfo=UTC)
EMPLOYEES = 5_000
NUMBERS = {
    EventKind.CONTACTS: 10_000_000,
    EventKind.PURCHASES: 10_000_000,
    EventKind.RATINGS: 3_000_000,
    EventKind.CUSTOMERS: 2_000_000,
    EventKind.SUBSCRIPTIONS: 400_000,
    EventKind.OWNERSHIPS: 500_000,
}
POLICY = """[indicators.satisfaction]
weight = 0.25
[indicators.repeat_purchase]
weight = 0.25
[indicators.lifetime_value]
weight = 0.25
[indicators.attrition]
weight = 0.25
[indicators.first_contact_resolution]
[indicators.transfers]
"""

SPAN = 731 * 86_400
"""Seconds from 2024 to the end of 2025."""


def generate(data: Path, scale: float) -> None:
    """Kept where it is there already; a directory that was left half-made is made again."""
    done = data / "generated"
    if done.exists():
        initialise(Settings(data=data)).database.close()  # tables may have come since
        return
    shutil.rmtree(data, ignore_errors=True)
    deployment = initialise(Settings(data=data))
    print(f"generating {data}", flush=True)
    employees = max(50, round(EMPLOYEES * scale))
    write_file(data / "users.csv", employees)
    options = ImportOptions("hr", as_of=date(2024, 1, 1))
    import_people(deployment, "successfactors", data / "users.csv", options, at=AT, dry_run=False, progress=silent)
    open_cycle(deployment, CYCLE, Period(date(2025, 1, 1), date(2026, 1, 1)), at=AT)
    (data / "policy.toml").write_text(POLICY, encoding="utf-8")
    numbers = {kind: max(1_000, round(number * scale)) for kind, number in NUMBERS.items()}
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'; SET memory_limit = '2GB'; SET preserve_insertion_order = false")
        engine.execute("SET enable_progress_bar = false")
        _macros(engine, numbers[EventKind.CUSTOMERS], employees)
        for kind, number in numbers.items():
            files = write_files(engine, _query(kind, number), kind, data)
            origin = Origin("generated", "shop", "benchmark", "generated", "", "")
            commit = Commit("load", origin, AT, attempt=1, sequence=1, kinds=tuple(numbers))
            if not deployment.events.append(deployment.events.open_table(kind), files, commit):
                sys.exit(f"the {kind} could not be written")
    deployment.database.close()
    done.touch()


def _macros(engine: duckdb.DuckDBPyConnection, customers: int, employees: int) -> None:
    """Draws in [0, 1) by row and purpose; few customers buy and write much more than the others.

    Hashed twice: a single hash of a row for two purposes differs by what the purposes differ by. When something happens
    and to whom are two purposes of one name: else all that happens to a customer would happen at once.
    """
    engine.execute(
        f"""
        CREATE MACRO u(i, salt) AS (hash(hash(i, salt)) >> 11) / 9007199254740992.0;
        CREATE MACRO one_of(x, list) AS list[1 + CAST(floor(x * len(list)) AS BIGINT)];
        CREATE MACRO moment(i, salt) AS to_timestamp(1704067200 + floor(u(i, salt || ' at') * {SPAN}));
        CREATE MACRO customer(i, salt) AS CAST(floor({customers} * pow(u(i, salt || ' of'), 1.6)) AS BIGINT);
        CREATE MACRO employee(i, salt) AS CAST(floor({employees} * u(i, salt)) AS BIGINT);
        CREATE MACRO key(n) AS lpad(CAST(n AS VARCHAR), 7, '0');
        """
    )


_SERVED = "'hr:userid' AS employee_namespace, key(employee(i, 'who')) AS employee_key"
_CASE = """one_of(u(i, 'channel'), ['phone', 'email', 'chat', 'store']) AS channel,
    'topic ' || CAST(floor(8 * pow(u(i, 'topic'), 2)) AS BIGINT) AS topic,
    'product ' || CAST(floor(5 * u(i, 'product')) AS BIGINT) AS product"""
_QUERIES = {
    EventKind.CONTACTS: f"""moment(i, 'contact') AS occurred_at, customer(i, 'contact') AS of, {_SERVED}, {_CASE},
        CASE WHEN u(i, 'case') < .5 THEN 'case ' || i // 2 END AS case_id, 'resolved' AS outcome,
        u(i, 'transfer') < .1 AS transferred""",
    # Every third contact is rated, a day later; some employees a little better than others.
    EventKind.RATINGS: """least(moment(3 * i, 'contact') + INTERVAL 1 DAY, TIMESTAMPTZ '2025-12-31 23:59:00Z')
            AS occurred_at,
        customer(3 * i, 'contact') AS of, 'contacts-' || 3 * i AS contact_id, 'csat_1_5' AS scale,
        1 + floor(5 * pow(u(i, 'answer'), .5 + .1 * u(employee(3 * i, 'who'), 'skill'))) AS score,
        1 AS score_low, 5 AS score_high""",
    EventKind.PURCHASES: """moment(i, 'purchase') AS occurred_at, customer(i, 'purchase') AS of,
        'order ' || CASE WHEN u(i, 'reversed') < .02 THEN i - 1 ELSE i END AS order_id,
        CASE WHEN u(i, 'reversed') < .02 THEN 'reversal' ELSE 'purchase' END AS kind,
        CAST((CASE WHEN u(i, 'reversed') < .02 THEN -300 ELSE 1 END)
            * (500 + 4000 * -ln(1 - u(i, 'amount')) * u(customer(i, 'purchase'), 'rich')) AS BIGINT) AS amount,
        'EUR' AS currency""",
    EventKind.CUSTOMERS: """TIMESTAMPTZ '2023-12-01 00:00:00Z' AS occurred_at, i AS of,
        one_of(u(i, 'segment'), ['consumer', 'business', 'premium']) AS segment,
        one_of(u(i, 'region'), ['north', 'south', 'east', 'west']) AS region""",
    EventKind.SUBSCRIPTIONS: f"""to_timestamp(1704067200 + floor(u(i, 'starts') * {SPAN // 2})) AS occurred_at,
        5 * i AS of,
        CASE WHEN u(i, 'ends') < .4 THEN to_timestamp(1735689600 + floor(u(i, 'when') * {SPAN // 2})) END AS ended_at,
        CASE WHEN u(i, 'ends') < .4 THEN one_of(u(i, 'why'), ['voluntary', 'voluntary', 'voluntary', 'involuntary']) END
            AS end_reason""",
    # Every fourth customer who is owned passes into other hands in the middle of the cycle.
    EventKind.OWNERSHIPS: """CASE WHEN i % 5 = 4 THEN TIMESTAMPTZ '2025-07-01 00:00:00Z'
            ELSE TIMESTAMPTZ '2024-01-01 00:00:00Z' END AS occurred_at,
        5 * (i - i // 5 - CASE WHEN i % 5 = 4 THEN 1 ELSE 0 END) AS of,
        CASE WHEN i % 5 = 3 THEN TIMESTAMPTZ '2025-07-01 00:00:00Z' END AS ended_at,
        'hr:userid' AS employee_namespace, key(employee(i, 'owner')) AS employee_key""",
}


def _query(kind: EventKind, number: int) -> str:
    given = f"SELECT i, {_QUERIES[kind]} FROM range({number}) AS numbers(i)"
    known = {
        "event_id": f"'{kind.value}-' || i",
        "customer_key": "'customer ' || of",
        "source": "'shop'",
        "load_id": "'generated'",
        "file": "'generated'",
        "row": "i",
        "sequence": "1",
        "supersedes": "false",
        "withdrawn": "false",
    }
    columns = []
    for column in stored_columns(kind):
        said = known.get(column.name)
        value = said or (f'"{column.name}"' if f" AS {column.name}" in _QUERIES[kind] else "NULL")
        columns.append(f'CAST({value} AS {DUCKDB[column.type]}) AS "{column.name}"')
    return f"SELECT {', '.join(columns)} FROM ({given})"
