"""Texts that repeat are kept as numbers, and are the same texts to whoever reads them."""

from typing import Any

import pytest

from appraise.scoring.prepared import Prepared

MOST = 1_000


def kept_as(prepared: Prepared, column: str) -> str:
    """The type of a kept column, as the engine itself names it."""
    engine = prepared.contacts.get_backend()
    found = engine.con.execute(f"DESCRIBE {prepared.contacts.get_name()}").fetchall()
    return {name: str(type_) for name, type_, *_ in found}[column]


def test_texts_that_repeat_are_kept_as_numbers_and_read_as_they_were(world: Any) -> None:
    topics = ["it's late", 'a "quote"', "déjà vu 🎁", "Zoll", "a", None]
    for day, topic in enumerate(topics):
        world.contact("1", day, "ann", topic=topic, channel="chat")

    prepared = world.prepared()

    assert kept_as(prepared, "topic") == "ENUM('Zoll', 'a', 'a \"quote\"', 'déjà vu 🎁', 'it''s late')"
    assert kept_as(prepared, "source").startswith("ENUM")
    assert prepared.contacts.order_by("at").to_pyarrow()["topic"].to_pylist() == topics
    # The least of several is the first by the alphabet, as of texts.
    assert prepared.contacts.topic.min().to_pyarrow().as_py() == "Zoll"


@pytest.mark.parametrize(("texts", "kept"), [(MOST, "ENUM"), (MOST + 1, "VARCHAR")])
def test_texts_that_hardly_repeat_stay_texts(world: Any, texts: int, kept: str) -> None:
    for number in range(texts):
        world.contact("1", number / 100, "ann", topic=f"topic {number}")

    prepared = world.prepared()

    assert kept_as(prepared, "topic").startswith(kept)
    assert prepared.contacts.topic.nunique().to_pyarrow().as_py() == texts


def test_a_text_that_no_statement_can_hold_stays_a_text(world: Any) -> None:
    world.contact("1", 1, "ann", topic="nul \0 within")

    prepared = world.prepared()

    assert kept_as(prepared, "topic") == "VARCHAR"
    assert prepared.contacts.topic.to_pyarrow().to_pylist() == ["nul \0 within"]


def test_a_table_made_of_them_keeps_them_as_numbers(world: Any) -> None:
    world.contact("1", 1, "ann", topic="billing")

    contacts = world.prepared().contacts
    again = contacts.select("topic", told=contacts.topic.fill_null("not recorded")).cache()

    found = contacts.get_backend().con.execute(f"DESCRIBE {again.get_name()}").fetchall()
    assert [type_ for _, type_, *_ in found] == ["ENUM('billing')", "VARCHAR"]
    assert again.to_pyarrow().to_pylist() == [{"topic": "billing", "told": "billing"}]
