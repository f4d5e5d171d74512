from dataclasses import replace
from datetime import date, timedelta

import pytest

from appraise.domain.global_ids import Kind, encoded
from appraise.domain.identifiers import EmployeeId, SectionId
from appraise.domain.language import English, speaking
from appraise.domain.mails import SHOWN, WORDS, is_to_be_written, text_of, told_of
from appraise.domain.tasks import NamedTask, Task, TaskKind

ON = date(2026, 3, 1)
CONSOLE = "https://appraise.example.org"


def task(number: int = 1, kind: TaskKind = TaskKind.RATE, due: date = date.max) -> Task:
    return Task(due, kind, SectionId(f"s{number}"), EmployeeId("max"), EmployeeId(f"e{number}"))


def named(count: int, due: date = date.max, name: str = "Ann <Lee>") -> list[NamedTask]:
    return [NamedTask(task(number, due=due), name, "Year 2025") for number in range(count)]


def test_every_kind_of_task_has_its_words() -> None:
    assert set(WORDS) == set(TaskKind)


@pytest.mark.parametrize(
    ("days", "is_written"),
    [(31, False), (30, True), (29, False), (10, True), (3, True), (1, True), (0, False), (-1, False)],
)
def test_of_what_is_known_only_a_near_day_makes_a_message(days: int, is_written: bool) -> None:
    one = task(due=ON + timedelta(days=days))
    assert is_to_be_written([task(), one], told={told_of(task()), told_of(one)}, on=ON) is is_written


def test_what_is_new_makes_one() -> None:
    assert is_to_be_written([task(1), task(2)], told={told_of(task(1))}, on=ON)
    assert is_to_be_written([task(1, TaskKind.SHARE)], told={told_of(task(1))}, on=ON)
    assert not is_to_be_written([task(1)], told={told_of(task(1)), told_of(task(2))}, on=ON)


@pytest.mark.parametrize(
    ("due", "subject", "when"),
    [
        (date.max, "Rate Ann <Lee> and hand the section in", "no date"),
        (date(2026, 3, 11), "Rate Ann <Lee> and hand the section in, by 11 March 2026", "by 11 March 2026, in 10 days"),
        (date(2026, 3, 2), "Rate Ann <Lee> and hand the section in, by 2 March 2026", "by 2 March 2026, tomorrow"),
        (ON, "Rate Ann <Lee> and hand the section in, by 1 March 2026", "by 1 March 2026, today"),
        (
            date(2026, 2, 28),
            "Rate Ann <Lee> and hand the section in, by 28 February 2026",
            "was due on 28 February 2026",
        ),
    ],
)
def test_one_thing_is_the_subject_itself(due: date, subject: str, when: str) -> None:
    text = text_of("Max", named(1, due), on=ON, console=CONSOLE)
    assert text.subject == subject
    assert f"Year 2025; {when}\n" in text.plain
    assert "1 thing to do:" in text.plain


def test_of_many_the_first_are_named_and_the_rest_counted() -> None:
    text = text_of("Max", named(SHOWN + 1_234, date(2026, 3, 11)), on=ON, console=CONSOLE)
    assert text.subject == "1,254 things to do, the first by 11 March 2026"
    assert text.plain.count("\n- Rate") == text.html.count("<li") == SHOWN
    assert "\n  and 1,234 more\n" in text.plain
    assert "<p>and 1,234 more</p>" in text.html
    assert "more" not in text_of("Max", named(SHOWN), on=ON, console=CONSOLE).plain


def test_one_more_than_is_named_is_one_more() -> None:
    assert "\n  and 1 more\n" in text_of("Max", named(SHOWN + 1), on=ON, console=CONSOLE).plain


class Russian(English):
    """Of 1, 21, 31, … the form is that of one."""

    def many(self, one: str, other: str, count: int) -> str:
        return one if count % 10 == 1 and count % 100 != 11 else other


def test_the_form_of_a_count_is_the_languages_own() -> None:
    with speaking(Russian()):
        assert text_of("Max", named(21), on=ON, console=CONSOLE).subject == "21 thing to do"
        dated = text_of("Max", named(41, date(2026, 3, 11)), on=ON, console=CONSOLE)

    assert dated.subject == "41 thing to do, by 11 March 2026"
    assert "\n  and 21 more\n" in dated.plain


def test_a_part_is_given_on_its_own_page_and_what_is_done_for_somebody_says_for_whom() -> None:
    part = NamedTask(task(kind=TaskKind.GIVE_PART), "Ann Lee", "Year 2025")
    told = text_of("Max", [part, replace(named(1)[0], for_name="Dora")], on=ON, console=CONSOLE)

    assert f"- Say how Ann Lee worked in your time\n  Year 2025; no date\n  {CONSOLE}/parts\n" in told.plain
    assert "- Rate Ann <Lee> and hand the section in (for Dora)\n" in told.plain
    assert told.html.count("</li><li ") == 1


def test_what_is_about_no_section_leads_to_the_watch_list_and_is_told_once() -> None:
    watches = Task(date.max, TaskKind.LOOK_AT_WATCHES, None, EmployeeId("vera"), EmployeeId("vera"))
    told = text_of("Vera", [NamedTask(watches, "", "Year 2025")], on=ON, console=CONSOLE)

    assert told.subject == "Look at what newly lies beyond a threshold of your watch-list"
    assert f"\n  {CONSOLE}/contributions#watch-list\n" in told.plain
    assert told_of(watches) == (EmployeeId("vera"), TaskKind.LOOK_AT_WATCHES, "vera")


def test_a_name_cannot_become_markup() -> None:
    text = text_of("<b>Max", named(1), on=ON, console=CONSOLE)
    assert "Rate Ann &lt;Lee&gt; and" in text.html
    assert "&lt;b&gt;Max," in text.html
    assert "<b>" not in text.html


PLAIN = """Max,

2 things to do:

- Rate Ann <Lee> and hand the section in
  Year 2025; by 11 March 2026, in 10 days
  https://appraise.example.org/sections/{one}

- Rate Ann <Lee> and hand the section in
  Year 2025; by 11 March 2026, in 10 days
  https://appraise.example.org/sections/{two}

All of it: https://appraise.example.org/tasks

--\x20
You are written to because something is waiting for you: at most once a day, and not at all where nothing is new and \
nothing nearly due. Figures and ratings are never sent by mail.
"""
HTML = (
    '<!doctype html><html lang="en"><body style="font-family:sans-serif;font-size:16px;line-height:1.4;'
    'max-width:36em;color:#1a1a1a"><p>Max &amp; Co,</p><p>1 thing to do:</p><ul><li style="margin:0 0 12px">'
    '<a href="https://appraise.example.org?a&amp;b/sections/{one}">Rate Ann &lt;Lee&gt; and hand the section in</a><br>'
    '<span style="color:#555">Q&amp;A; no date</span></li></ul>'
    '<p><a href="https://appraise.example.org?a&amp;b/tasks">All of it</a></p>'
    '<p style="color:#555;font-size:13px">You are written to because something is waiting for you: at most once a day, '
    "and not at all where nothing is new and nothing nearly due. Figures and ratings are never sent by mail."
    "</p></body></html>\n"
)


def test_a_message_is_written_out_line_by_line() -> None:
    one, two = (encoded(Kind.SECTION, f"s{number}") for number in (0, 1))

    many = text_of("Max", named(2, date(2026, 3, 11)), on=ON, console=CONSOLE)
    single = [NamedTask(task(0), "Ann <Lee>", "Q&A")]

    assert many.plain == PLAIN.format(one=one, two=two)
    assert text_of("Max & Co", single, on=ON, console=f"{CONSOLE}?a&b").html == HTML.format(one=one)


def test_the_first_of_many_without_a_day_leaves_the_subject_without_one() -> None:
    assert text_of("Max", named(2), on=ON, console=CONSOLE).subject == "2 things to do"
