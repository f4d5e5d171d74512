"""English and German: every message is in both, and people get the one that they chose or that their browser asks for."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from starlette.testclient import TestClient
from tests.api.builder import AT, Company, build, empty_deployment
from tests.node import CLIENTS, installed, run_node

from appraise import languages as catalogues
from appraise.api.global_ids import Kind, to_global
from appraise.console import pages
from appraise.console.menu import PAGES
from appraise.domain.contributions import TOTALS, TotalUnit
from appraise.domain.explanations import ABSENCES
from appraise.domain.indicators import BY_KEY
from appraise.domain.language import retold, say, say_many, speaking
from appraise.domain.mails import WHY, WORDS
from appraise.languages import language, negotiated
from appraise.printing import section as printed
from appraise.printing.contributions import METHOD
from appraise.settings import Settings
from appraise.use_cases.contribution_table import COLUMNS, UNITS
from appraise.use_cases.impact_report import Question
from appraise.use_cases.send_mails import language_of
from appraise.web import create_app

CONSOLE = Path(pages.__file__).parent
SOURCES = CONSOLE.parent
PLACES = re.compile(r"\{\w*\}")
GERMAN = language("de")
NOT_WORDS = {"Appraise", "apr_live_"}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    built = build(empty_deployment(tmp_path_factory.mktemp("company")))
    yield built
    built.deployment.database.close()


@pytest.fixture
def client(company: Company, tmp_path: Path) -> Iterator[TestClient]:
    app = create_app(company.deployment, Settings(data=tmp_path), lambda: AT)
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def components() -> dict[str, Any]:
    run = run_node(installed(CLIENTS), "messages.mjs", str(CONSOLE / "static" / "elements"))
    assert run.returncode == 0, run.stderr
    return dict(json.loads(run.stdout))


def test_every_message_of_the_components_is_german_too_and_none_is_left_over(components: dict[str, Any]) -> None:
    german = components["german"]
    counted = {message for message, told in german.items() if isinstance(told, dict)}

    assert german.keys() - counted == set(components["messages"])
    assert counted == set(components["counted"])
    assert all(told.keys() == {"one", "other"} for told in german.values() if isinstance(told, dict))


def test_no_message_of_the_components_is_told_twice() -> None:
    """Of two the later one would be told in both places."""
    parts = (CONSOLE / "static" / "elements" / "languages").glob("de*.js")
    found = [
        key for part in parts for key in re.findall(r'^  "((?:[^"\\]|\\.)*)": ', part.read_text("utf-8"), re.MULTILINE)
    ]

    assert len(found) > 900  # found at all
    assert sorted({key for key in found if found.count(key) > 1}) == []


def test_places_for_values_are_the_same_in_german(components: dict[str, Any]) -> None:
    told = [
        (message, form)
        for message, text in components["german"].items()
        for form in (text.values() if isinstance(text, dict) else [text])
    ]

    assert [pair for pair in told if _values(pair[0]) != _values(pair[1])] == []


def _values(text: str) -> set[str]:
    """A count may be told by a word."""
    return set(PLACES.findall(text)) - {"{n}"}


def test_no_component_shows_a_word_that_no_catalogue_knows(components: dict[str, Any]) -> None:
    examples = {'placeholder="Europe/Berlin"', 'placeholder="%d/%m/%Y"'}

    assert [one for one in components["bare"] if one.partition(": ")[2] not in examples] == []


def test_no_template_shows_a_word_that_no_catalogue_knows() -> None:
    bare = []
    for template in sorted((CONSOLE / "templates").glob("*.html")):
        text = re.sub(
            r"<style>.*?</style>|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>|&\w+;", " ", template.read_text("utf-8"), flags=re.DOTALL
        )
        bare += [(template.name, word) for word in re.findall(r"[A-Za-z_]{2,}", text) if word not in NOT_WORDS]

    assert [one for one in bare if one[0] != "graphiql.html"] == []  # the explorer is English, as its language is


def said() -> set[str]:
    """Every message of the service: where it is said, and in the tables from which it is."""
    keywords = {"say": (1,), "say_many": (1, 2)}
    found = {
        form
        for _, _, message, _, _ in extract_from_dir(SOURCES, [("**.py", "python")], keywords=keywords)
        for form in ([message] if isinstance(message, str) else message)
    }
    for template in (CONSOLE / "templates").glob("*.html"):
        text = template.read_text("utf-8")
        found |= set(re.findall(r'say\("([^"]*)"', text))
        found |= {form for forms in re.findall(r'say_many\("([^"]*)", "([^"]*)"', text) for form in forms}
    for one in BY_KEY.values():
        found |= {one.name, one.question, one.opening, one.counts, one.does_not_count, *one.outcome}
    found |= {word for page in PAGES for word in (page.title, page.in_menu) if word}
    found |= {*WORDS.values(), WHY, *ABSENCES.values(), *(one.meaning for one in TOTALS.values())}
    found |= {text for name, _, meaning in COLUMNS for text in (name, meaning)} | {*UNITS.values(), *METHOD}
    found |= {unit.value for unit in TotalUnit}
    found |= {one.value for one in (Question.RATED_HIGH, Question.BETTER, Question.ABOVE_MEDIAN)}
    return found | {*printed.STANCES.values(), printed.READING, printed.UNREVIEWED, printed.CONTEXT, *OTHERS}


OTHERS = {
    *("HR administrator", "Executive", "Auditor", "Head of service", "Manager", "Employee"),
    *("Not yours to see", "Something broke", "Not Found", "This request cannot be answered", "or"),
}


@pytest.mark.filterwarnings("ignore:Skipping f-string")
def test_every_message_of_the_service_is_german_too_and_none_is_left_over() -> None:
    with (Path(catalogues.__file__).parent / "de.po").open("rb") as file:
        catalog = read_po(file, locale="de")
    known = [one for one in catalog if one.id and one.context is None]
    texts = {text for one in known for text in ([one.id] if isinstance(one.id, str) else one.id)}
    pairs = [(one.id, one.string) for one in catalog if isinstance(one.id, str)]

    assert said() == texts
    assert [pair for pair in pairs if set(PLACES.findall(pair[0])) != set(PLACES.findall(str(pair[1])))] == []


@pytest.mark.parametrize(
    ("header", "chosen", "expected"),
    [
        (None, None, "en"),
        ("de-AT,de;q=0.9,en;q=0.8", None, "de"),
        ("fr-FR, de;q=0.7, en;q=0.3", None, "de"),
        ("en;q=0.5, de;q=0.9", None, "de"),
        ("de;q=0, en", None, "en"),
        ("de", "en", "en"),
        ("de", "xx", "de"),
        ("*;q=nonsense,;;", None, "en"),
    ],
)
def test_the_choice_counts_before_what_the_browser_asks_for(
    header: str | None, chosen: str | None, expected: str
) -> None:
    """Weights as in RFC 9110, 12.4.2 and 12.5.4."""
    assert negotiated(header, chosen) == expected


def test_numbers_days_and_counts_are_written_as_in_german() -> None:
    with speaking(GERMAN):
        assert say_many("{count} customer", "{count} customers", 1234) == "1.234 Kundinnen und Kunden"
        assert say("by {day}, today", day=GERMAN.day(AT.date())) == "bis 1. März 2026, heute"


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        (
            "The evidence is 3 answers of different customers; at least 5 are needed.",
            "Es liegen 3 Antworten verschiedener Kundinnen und Kunden vor; mindestens 5 sind nötig.",
        ),
        (
            (
                "With 12 expected purchases the reliability is 0.31, below the 0.50 needed; about 1,200 expected purchases"
                " would be enough."
            ),
            (
                "Belege: 12 erwartete Käufe. Die Zuverlässigkeit beträgt 0,31, nötig sind 0,50; etwa 1.200 erwartete Käufe"
                " würden genügen."
            ),
        ),
        (
            "customer who had paid only in JPY, USD, without an exchange rate (`appraise rates import`)",
            "bezahlt wurde zuvor nur in JPY, USD, wofür kein Wechselkurs vorliegt (`appraise rates import`)",
        ),
        ("further answers of the same customer, averaged", "weitere Antworten desselben Kunden, gemittelt"),
        (
            "The evidence is 1 answer of a customer; at least 10 are needed.",
            "Es liegt 1 Antwort vor; mindestens 10 sind nötig.",
        ),
        (
            "Customers answered after 1 of 1 contact (100\N{NO-BREAK SPACE}%); by colleagues' rates 1 answer was to be expected.",
            "Die Kundschaft antwortete nach 1 von 1 Kontakt (100\N{NO-BREAK SPACE}%); nach den Quoten der anderen war 1 Antwort zu erwarten.",
        ),
        ("no contact in the 1 day before", "kein Kontakt am Tag davor"),
        (
            "12:07 in UTC may be another day elsewhere; declare the time zone",
            "12:07 in UTC kann anderswo ein anderer Tag sein; geben Sie die Zeitzone an",
        ),
        (
            "23:00 in UTC may be midnight of the next day elsewhere; declare the time zone",
            "23:00 in UTC kann anderswo Mitternacht des nächsten Tages sein; geben Sie die Zeitzone an",
        ),
        (
            "not a day in the format YYYY-MM-DD: may be 2020-03-04 or 2020-04-03; declare the date format (%m-%d-%Y or %d-%m-%Y)",
            (
                "kein Tag im Format YYYY-MM-DD: es kann 4. März 2020 oder 3. April 2020 sein; geben Sie das Datumsformat an"
                " (%m-%d-%Y or %d-%m-%Y)"
            ),
        ),
        ("not a day in the format %d.%m.%Y", "kein Tag im Format %d.%m.%Y"),
        ("the header was found in row 4, below other text", "die Kopfzeile steht in Zeile 4, unter anderem Text"),
        ("no contact in the 1,234 days before", "kein Kontakt in den 1.234 Tagen davor"),
        (
            "customer-months in the first 90 days of an inherited account",
            "Kundenmonate in den ersten 90 Tagen nach der Übernahme",
        ),
        ("A reason that a policy's author wrote.", "A reason that a policy's author wrote."),
    ],
)
def test_sentences_that_were_stored_in_english_are_told_again(stored: str, told: str) -> None:
    with speaking(GERMAN):
        assert retold(stored) == told
    assert retold(stored) == stored


def test_a_choice_is_kept_for_pages_other_browsers_and_mails(client: TestClient, company: Company) -> None:
    token = company.token("Max Weber")
    client.post("/sign-in", data={"token": token})
    answer = client.post("/language", data={"language": "de"}, headers={"referer": "http://127.0.0.1/tasks?a=b"})
    page = client.get("/tasks", headers={"accept-language": "en"}).text
    client.cookies.clear()
    client.post("/sign-in", data={"token": token})

    assert (answer.status_code, answer.headers["location"]) == (303, "/tasks?a=b")
    assert '<html lang="de">' in page
    assert ">Aufgaben</a>" in page
    assert '<html lang="de">' in client.get("/tasks").text
    assert language_of(company.deployment, company.ids["Max Weber"]).tag == "de"
    assert language_of(company.deployment, company.ids["Ann Archer"]).tag == "en"


@pytest.mark.parametrize(
    ("form", "headers", "status"),
    [
        ({"language": "xx"}, {}, 303),
        ({"language": "de"}, {"origin": "https://elsewhere.example"}, 403),
        ({"language": "de"}, {"referer": "https://elsewhere.example/x"}, 303),
        ({"language": "de"}, {"referer": "http://127.0.0.1//"}, 303),
        ({"language": "de"}, {"referer": "http://127.0.0.1/\\elsewhere.example"}, 303),
    ],
)
def test_nothing_is_chosen_for_somebody_or_leads_elsewhere(
    client: TestClient, form: dict[str, str], headers: dict[str, str], status: int
) -> None:
    answer = client.post("/language", data=form, headers=headers)

    assert answer.status_code == status
    assert answer.headers.get("location", "/") == "/"


def test_a_page_that_takes_no_get_leads_back_to_the_form(client: TestClient) -> None:
    """Such as the one that tells of having signed out, or an answer of an identity provider, which is good once."""
    for path in ("/sign-out", "/sign-in/demo", "/sign-in/with/hr/callback?code=x"):
        answer = client.post("/language", data={"language": "de"}, headers={"referer": f"http://127.0.0.1{path}"})

        assert answer.headers["location"] == "/sign-in"


def test_two_slashes_do_not_begin_another_site(client: TestClient) -> None:
    referer = {"referer": "http://127.0.0.1//elsewhere.example/x"}
    answer = client.post("/language", data={"language": "de"}, headers=referer)

    assert answer.headers["location"] == "/elsewhere.example/x"


def test_the_api_makes_its_sentences_in_the_language_of_the_request(client: TestClient, company: Company) -> None:
    section = to_global(Kind.SECTION, company.section("Cem Yıldız").section.id)
    query = """query ($id: ID!) { section(id: $id) { items { indicator { name } result {
      ... on EstimateResult { verdict evidence { sentence } } ... on Absence { sentence } } } } }"""

    def first(tag: str) -> Any:
        headers = {"authorization": f"Bearer {company.token('Max Weber')}", "accept-language": tag}
        answer = client.post("/graphql", json={"query": query, "variables": {"id": section}}, headers=headers)
        return answer.json()["data"]["section"]["items"][0]

    assert first("de") == {
        "indicator": {"name": "Zufriedenheit"},
        "result": {
            "verdict": "Nach den Daten ist das vom Erwarteten nicht zu unterscheiden (Wahrscheinlichkeit, besser zu sein: "
            "71\N{NO-BREAK SPACE}%).",
            "evidence": {"sentence": "214 Antworten von 198 Kundinnen und Kunden"},
        },
    }
    assert first("en")["indicator"] == {"name": "Satisfaction"}


def test_a_remembered_list_is_remembered_in_its_language(client: TestClient, company: Company) -> None:
    query = "query ($c: ID!) { employees(first: 3) { nodes { section(cycle: $c) { items { indicator { name } } } } } }"
    variables = {"c": to_global(Kind.CYCLE, company.cycle.id)}

    def names(tag: str) -> set[str]:
        headers = {"authorization": f"Bearer {company.token('Hal Novak')}", "accept-language": tag}
        found = client.post("/graphql", json={"query": query, "variables": variables}, headers=headers).json()
        nodes = found["data"]["employees"]["nodes"]
        return {item["indicator"]["name"] for node in nodes for item in node["section"]["items"]}

    told = [names(tag) for tag in ("de", "en", "de")]

    assert ["Zufriedenheit" in one for one in told] == [True, False, True]
    assert "Satisfaction" in told[1]
