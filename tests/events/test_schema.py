import json
from pathlib import Path

import pytest

from appraise.domain.events import EventKind
from appraise.events.schema import json_schema, write_json_schemas

SCHEMAS = Path(__file__).parents[2] / "schema" / "events"


def test_the_published_schemas_are_those_of_the_domain(tmp_path: Path) -> None:
    write_json_schemas(tmp_path)

    fresh = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert {path.name: path.read_text(encoding="utf-8") for path in SCHEMAS.iterdir()} == fresh


def test_an_optional_word_of_a_vocabulary_may_be_null() -> None:
    assert json_schema(EventKind.SUBSCRIPTIONS)["properties"]["end_reason"] == {  # type: ignore[index]
        "type": ["string", "null"],
        "enum": ["voluntary", "involuntary", None],
    }


@pytest.mark.parametrize("kind", list(EventKind))
def test_a_schema_names_every_required_column(kind: EventKind) -> None:
    schema = json.loads((SCHEMAS / f"{kind.value}.json").read_text(encoding="utf-8"))

    assert {"event_id", "occurred_at", "customer_key"} <= set(schema["required"])
    assert {"source", "load_id", "file", "row", "email"} <= set(schema["properties"]) - set(schema["required"])
    assert set(schema["required"]) <= set(schema["properties"])
