from pathlib import Path

import pytest

from appraise.adapters.contract import FileShape, ImportOptions, Skip
from appraise.adapters.event_mapping import EventMapping
from appraise.domain.events import EventKind
from appraise.errors import InvalidInput, Place
from appraise_csv import adapter
from appraise_csv.mapping import TableMapping, read_mapping

RATINGS = """
kind = "ratings"
time_zone = "Europe/Paris"
formats = ["%d/%m/%Y %H:%M"]
decimal_comma = true
only = '"CSAT" IS NOT NULL'

[file]
delimiter = "|"
columns = ["id", "at", "who", "agent", "CSAT"]

[scale]
name = "csat_1_5"
low = 1
high = 5

[employee]
namespace = "email"
column = "agent"

[columns]
event_id = "id"
occurred_at = "at"
customer_key = "who"
score = "CSAT"

[constants]
channel = "phone"

[sql]
topic = "upper(topic)"

[words.score]
"très bien" = "5"

[[skip]]
where = "who = 'test'"
reason = "a test"
"""


def mapping(directory: Path, text: str) -> TableMapping:
    path = directory / "map.toml"
    path.write_text(text, encoding="utf-8")
    return read_mapping(path)


def test_a_mapping_of_ratings_is_read(tmp_path: Path) -> None:
    assert mapping(tmp_path, RATINGS) == TableMapping(
        shape=FileShape(delimiter="|", header_row=0, first_data_row=1, columns=("id", "at", "who", "agent", "CSAT")),
        events=(
            EventMapping(
                kind=EventKind.RATINGS,
                columns={
                    "event_id": "id",
                    "occurred_at": "at",
                    "customer_key": "who",
                    "score": "CSAT",
                    "employee_key": "agent",
                },
                constants={
                    "channel": "phone",
                    "scale": "csat_1_5",
                    "score_low": "1",
                    "score_high": "5",
                    "employee_namespace": "email",
                },
                sql={"topic": "upper(topic)"},
                words={"score": {"très bien": "5"}},
                formats=("%d/%m/%Y %H:%M",),
                time_zone="Europe/Paris",
                decimal_comma=True,
                only='"CSAT" IS NOT NULL',
                skips=(Skip("who = 'test'", "a test"),),
            ),
        ),
    )


def test_one_table_may_hold_several_kinds_of_event(tmp_path: Path) -> None:
    text = '[[events]]\nkind = "contacts"\n[[events]]\nkind = "ratings"\n[file]\nfirst_data_row = 3\n'

    assert mapping(tmp_path, text) == TableMapping(
        shape=FileShape(first_data_row=3), events=(EventMapping(EventKind.CONTACTS), EventMapping(EventKind.RATINGS))
    )


def test_rows_may_be_reshaped_by_sql_before_they_are_read(tmp_path: Path) -> None:
    prepared = mapping(tmp_path, 'kind = "ownerships"\nprepare = "SELECT * FROM raw"')

    assert prepared.events == (EventMapping(EventKind.OWNERSHIPS, prepare="SELECT * FROM raw"),)


@pytest.mark.parametrize(
    ("text", "found", "hint"),
    [
        ('kind = "people"\ndateformat = "x"', "the mapping has an unknown key 'dateformat'", "did you mean 'date_format'?"),
        ('kind = "rating"', "kind is 'rating'", "did you mean 'ratings'?"),
        ('kind = "ratings"\n[columns]\nevent = "a"', "[columns] has an unknown key 'event'", "did you mean 'event_id'?"),
        ('kind = "people"\n[file]\ndelimeter = ";"', "[file] has an unknown key 'delimeter'", "did you mean 'delimiter'?"),
        ('kind = "ratings"\ntime_zone = "Europe/Belin"', "there is no time zone named 'Europe/Belin'", "did you mean Europe/Berlin?"),
        (
            'kind = "people"\n[columns]\nkey="a"\nemail="b"\ndisplay_name="c"\n[words.status]\nx="activ"',
            "words.status.x is 'activ'",
            "did you mean 'active'?",
        ),
        ('kind = "people"\n[columns]\nemail = "b"', "[columns] does not say where the person's key is", None),
        ('kind = "people"\n[columns]\nkey = "b"', "[columns] names no column with names", None),
        ('kind = "ratings"\n[scale]\nname="x"\nlow=5\nhigh=1', "[scale] low is not below high", None),
        ('kind = "ratings"\n[scale]\nname="x"', "[scale] lacks low, high", None),
        ('kind = "ratings"\n[columns]\nscore = 3', "[columns] score is 3", None),
        (
            'kind = "people"\n[columns]\nkey="a"\ndisplay_name="a"\n[manager]\nkind="email"\nnamespace="x"',
            "[manager] has a namespace for a manager who is named by email",
            None,
        ),
        ('kind = "ratings"\nformats = "%Y"', "the mapping formats is '%Y'", None),
        ('kind = "ratings"\nformats = [1]', "formats is [1]", None),
        ("kind = people", "the mapping file is not TOML: Invalid value (at line 1, column 8)", None),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_what_was_meant(tmp_path: Path, text: str, found: str, hint: str | None) -> None:
    with pytest.raises(InvalidInput) as refusal:
        mapping(tmp_path, text)

    assert (refusal.value.found, refusal.value.hint) == (found, hint)


def test_a_mistake_names_the_mapping_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refusal:
        mapping(tmp_path, 'knd = "people"')

    assert refusal.value.place == Place("map.toml")


def test_two_columns_that_differ_in_blanks_alone_are_two_to_a_mapping(tmp_path: Path) -> None:
    path, mapping = tmp_path / "people.csv", tmp_path / "people.toml"
    path.write_text("EmpID,Emp ID,name\n9,7,Ann\n")
    mapping.write_text(
        'kind = "people"\n[columns]\nkey = "Emp ID"\ndisplay_name = "name"\n[references]\n"x:id" = "EmpID"\n'
    )

    [record] = adapter.read_people(path, ImportOptions(source="hr", mapping=mapping)).records

    assert [(one.namespace, one.value) for one in record.references[:2]] == [("hr:emp id", "7"), ("x:id", "9")]
