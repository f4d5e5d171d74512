"""The same customer in several sources."""

from typing import Any

from appraise.domain.events import EventKind


def numbers(world: Any) -> dict[tuple[str, str], int]:
    contacts = world.prepared().contacts.to_pyarrow().to_pylist()
    return {(row["source"], row["event_id"]): row["customer"] for row in contacts}


def test_customers_with_one_link_are_one_and_others_stay_apart(world: Any) -> None:
    world.contact("1", 1, source="desk", event_id="linked", link_key="L")
    world.contact("77", 2, source="shop", event_id="linked too", link_key="L")
    world.contact("1", 3, source="shop", event_id="same key, other source")
    world.contact("77", 4, source="shop", event_id="key linked elsewhere")

    found = numbers(world)

    assert found["desk", "linked"] == found["shop", "linked too"] == found["shop", "key linked elsewhere"]
    assert found["shop", "same key, other source"] != found["desk", "linked"]


def test_links_that_lead_to_one_another_make_one_customer(world: Any) -> None:
    """An address that changed, and a crosswalk's key beside it: desk – old, desk – new, shop – new, till – M, shop – M."""
    for event, source, key, link in (
        ("old", "desk", "1", "z old"),
        ("new", "desk", "1", "m new"),
        ("shop", "shop", "7", "m new"),
        ("card", "shop", "7", "a master"),
        ("till", "till", "9", "a master"),
        ("other", "till", "8", "b master"),
    ):
        world.contact(key, 1, source=source, event_id=event, link_key=link)

    found = numbers(world)

    same = {found["desk", "old"], found["desk", "new"], found["shop", "shop"], found["shop", "card"]}
    assert same == {found["till", "till"]}
    assert found["till", "other"] not in same


def test_a_row_that_only_links_does_not_hide_what_is_known_of_the_customer(world: Any) -> None:
    world.add(EventKind.CUSTOMERS, "1", -30, segment="business", region="north")
    world.add(EventKind.CUSTOMERS, "1", -10, link_key="a master")
    world.contact("1", 1)

    (row,) = world.prepared().contacts.to_pyarrow().to_pylist()

    assert (row["segment"], row["region"]) == ("business", "north")


def test_the_customer_tells_segment_and_region_where_the_event_does_not(world: Any) -> None:
    world.add(EventKind.CUSTOMERS, "1", -30, segment="consumer", region="north")
    world.add(EventKind.CUSTOMERS, "1", -10, segment="business", region="north")
    world.contact("1", 1).contact("1", 2, segment="premium")

    rows = world.prepared().contacts.order_by("at").to_pyarrow().to_pylist()

    assert [(row["segment"], row["region"]) for row in rows] == [("business", "north"), ("premium", "north")]


def test_events_without_the_day_of_data_are_not_seen(world: Any) -> None:
    world.contact("1", 364.9999).contact("1", 365)

    assert world.prepared().contacts.count().to_pyarrow().as_py() == 1
