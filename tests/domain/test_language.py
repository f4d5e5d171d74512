"""The language that holds, and that it holds no longer than it was asked to."""

from datetime import date
from decimal import Decimal

import pytest

from appraise.domain.language import (
    ENGLISH,
    MONTHS,
    English,
    counted,
    in_percent,
    marks,
    problem_retold,
    retold,
    say,
    say_many,
    speaking,
    speech,
)


class Shouted(English):
    """A language that can be told from English in every part."""

    def one(self, message: str) -> str:
        return message.replace("open", "OPEN")

    def many(self, one: str, other: str, count: int) -> str:
        return super().many(one, other, count).replace("thing", "THING")

    def marks(self, figure: str) -> str:
        return figure.replace(",", "'")

    def retold(self, sentence: str) -> str:
        return sentence.upper()


def test_english_is_the_text_in_the_code() -> None:
    assert speech() is ENGLISH
    assert say("it is open") == "it is open"
    assert say("{name} is {state}", name="A", state="open") == "A is open"
    assert say("as {it} stands") == "as {it} stands"  # without values nothing is a place for one
    assert [say_many("{count} thing of {whose}", "{count} things of {whose}", n, whose="A") for n in (0, 1, 1_234)] == [
        "0 things of A",
        "1 thing of A",
        "1,234 things of A",
    ]
    assert (marks("1,234.5"), retold("it is open")) == ("1,234.5", "it is open")


def test_a_count_that_is_stored_is_english_whatever_language_holds() -> None:
    with speaking(Shouted()):
        told = [counted(count, "open thing", "open things") for count in (0, 1, 1.0, 2, 1_234_567, 0.5)]

    assert told == [
        "0 open things", "1 open thing", "1 open thing", "2 open things", "1,234,567 open things", "0.5 open things"
    ]  # fmt: skip


def test_a_share_is_written_in_per_cent_with_a_space_that_does_not_break() -> None:
    assert [in_percent(0.954), in_percent(Decimal("0.954")), in_percent(1.2)] == [
        "95\u00a0%",
        "95\u00a0%",
        "120\u00a0%",
    ]
    assert [in_percent(0.954, places=1), in_percent(Decimal("0.954"), 2)] == ["95.4\u00a0%", "95.40\u00a0%"]


def test_days_are_written_out() -> None:
    days = [speech().day(date(2026, month, 9)) for month in (1, 12)]

    assert days == ["9 January 2026", "9 December 2026"]
    assert (len(MONTHS), MONTHS[4]) == (12, "May")


def test_another_language_holds_within_its_block_also_where_that_fails() -> None:
    shouted = Shouted()
    with speaking(shouted):
        assert speech() is shouted
        assert say("{what} is open", what="A") == "A is OPEN"
        assert say_many("{count} thing", "{count} things", 1_234) == "1'234 THINGs"
        assert (marks("1,2"), retold("it")) == ("1'2", "IT")
        with speaking(ENGLISH):
            assert say("open") == "open"
        assert say("open") == "OPEN"
    with pytest.raises(ZeroDivisionError), speaking(shouted):
        1 / 0  # noqa: B018  # to leave the block by an error

    assert say("open") == "open"


class Quoted(English):
    """A language in which it can be seen where sentences begin and end."""

    def retold(self, sentence: str) -> str:
        return f"«{sentence}»"


def test_a_problem_is_retold_line_by_line_and_keeps_its_shape() -> None:
    with speaking(Quoted()):
        told = problem_retold("it is wrong: so\n  where:    a.csv: x\n  to do:    mend it")

    assert told == "«it is wrong: so»\n  «where»:    «a.csv: x»\n  «to do»:    «mend it»"
    assert problem_retold(None) is None
