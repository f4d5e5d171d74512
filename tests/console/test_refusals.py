"""Whatever stands in the way of a change is said in German, too: every refusal that the code can make has its message."""

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

import appraise
import appraise.adapters.sinks
import appraise.web  # all kinds of problems, whatever else runs
from appraise.adapters.people_reader import MADE_A_NUMBER
from appraise.domain.language import problem_retold, retold, speaking
from appraise.errors import InvalidInput, Place, Problem
from appraise.events import validate
from appraise.events.raw import MALFORMED
from appraise.events.validate import NOT_READABLE
from appraise.languages import language

SOURCES = Path(appraise.__file__).parent
PLUGINS = SOURCES.parents[1] / "plugins"
GERMAN = language("de")
SOME = "7"
"""In the place of whatever is known only when it happens."""


def refusals() -> Iterator[tuple[str, str]]:
    """Where each is made, and its words; other makers of refusals are test hosts."""
    for path in sorted(SOURCES.rglob("*.py")):
        if "testing" in path.parts:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]
        constants = [one for one in tree.body if isinstance(one, ast.Assign | ast.AnnAssign)]
        for scope in [*functions, *constants]:
            for text in _of(scope):
                yield f"{path.relative_to(SOURCES)}", text


def _of(scope: ast.AST) -> Iterator[str]:
    for call in ast.walk(scope):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Refusal" and call.args:
            if isinstance(call.args[0], ast.Starred):
                yield from _of_tuples(scope)
            else:
                yield from _texts(call.args[1], scope)


def _of_tuples(scope: ast.AST) -> Iterator[str]:
    """`refusal = CODE, words` or `CODE, words, field`, from which one is made at the end."""
    for one in ast.walk(scope):
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Tuple) and len(one.value.elts) > 1:
            code, words = one.value.elts[:2]
            if isinstance(code, ast.Constant) and isinstance(code.value, str) and code.value.isupper():
                yield from _texts(words, scope)


def _texts(node: ast.expr, scope: ast.AST) -> list[str]:
    """All that an expression may be; a name is what is assigned to it in the same function."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.Call(func=ast.Name(id="counted"), args=[_, ast.Constant(value=one), ast.Constant(value=other)]):
            return [f"1 {one}", f"{SOME} {other}"]
        case ast.IfExp(body=body, orelse=other):
            return [*_texts(body, scope), *_texts(other, scope)]
        case ast.JoinedStr() | ast.BinOp(op=ast.Add()):
            parts = node.values if isinstance(node, ast.JoinedStr) else [node.left, node.right]
            pieces = [_texts(part.value if isinstance(part, ast.FormattedValue) else part, scope) for part in parts]
            return ["".join(chosen) for chosen in product(*pieces)]
        case ast.Name(id=name):
            assigned = [
                one.value
                for one in ast.walk(scope)
                if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name) and one.targets[0].id == name
            ]
            return [text for value in assigned for text in _texts(value, scope)] or [SOME]
        case _:
            return [SOME]


def test_every_refusal_is_german_too() -> None:
    found = list(refusals())
    with speaking(GERMAN):
        english = sorted({one for one in found if retold(one[1]) == one[1]})

    assert len({text for _, text in found}) > 90  # found at all
    assert english == []


OPERATORS = frozenset(
    [
        "database",
        "migrate",
        "protected",
        "erase_customer",
        "erase_protected_attributes",
        "events_in_place",
        "export_audit",
        "fetch",
        "grant_role",
        "hosts",
        "import_events",
        "import_protected_attributes",
        "import_rates",
        "issuer_keys",
        "issuer_metadata",
        "issuers",
        "listed_file",
        "mail_server",
        "read_rates",
        "read_sources",
        "score_again",
        "training_effect",
        "training_file",
        "write_back_file",
    ]
)
"""Modules whose errors are read at the command line, which is English."""


def problems() -> Iterator[tuple[str, str]]:
    """Where each is raised that a request may be answered with, and its words."""
    kinds = {kind.__name__ for kind in [Problem, *_below(Problem)]} - {"TooCostly"}
    for room in ("api", "domain", "storage", "use_cases"):
        for path in sorted((SOURCES / room).rglob("*.py")):
            if path.stem not in OPERATORS:
                for scope in ast.walk(ast.parse(path.read_text("utf-8"))):
                    if isinstance(scope, ast.FunctionDef):
                        yield from ((path.name, text) for text in _raised(scope, kinds))


def _below(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _raised(scope: ast.FunctionDef, kinds: set[str]) -> Iterator[str]:
    for one in ast.walk(scope):
        match one:
            case ast.Raise(exc=ast.Call(func=ast.Name(id="BadField"), args=[_, words])):
                yield from _texts(words, scope)
            case ast.Raise(exc=ast.Call(func=ast.Name(id=kind), args=[words])) if kind in kinds:
                yield from _texts(words, scope)


def test_every_error_of_a_request_is_german_too() -> None:
    found = sorted(set(problems()))
    with speaking(GERMAN):
        english = [one for one in found if retold(one[1]) == one[1] and one[1] != SOME]

    assert len(found) > 120  # found at all
    assert english == []


AT_THE_MACHINE = {
    "events": {
        *("compacting", "in_place", "locations", "object_files", "postgresql"),
        "store",  # where the tables lie; what an import that is undone says of them is German
    },
    "api": {"reception", "websocket", "subgraph", "conversation"},  # said to programs, about how to ask
}
"""Modules whose words nobody reads on a page."""


def words_beside() -> Iterator[tuple[str, str]]:
    """What is wrong, what was expected and what to do, of all that a page may show: also of files that are imported."""
    kinds = {kind.__name__ for kind in [Problem, *_below(Problem)]} - {"TooCostly", "BadField", "Refused"}
    for room in ("api", "domain", "storage", "use_cases", "adapters", "events", "scoring"):
        skipped = OPERATORS | AT_THE_MACHINE.get(room, set()) if room != "adapters" else set()
        for path in sorted((SOURCES / room).rglob("*.py")):
            if path.stem not in skipped:
                for scope in ast.walk(ast.parse(path.read_text("utf-8"))):
                    if isinstance(scope, ast.FunctionDef):
                        yield from ((path.name, text) for text in _beside(scope, kinds))


def _beside(scope: ast.FunctionDef, kinds: set[str]) -> Iterator[str]:
    for call in ast.walk(scope):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in kinds:
            named = {one.arg: one.value for one in call.keywords}
            for node in (*call.args[:1], named.get("expected"), named.get("hint")):
                if node is not None:
                    yield from _texts(node, scope)


def words_of_plugins() -> Iterator[tuple[str, str]]:
    """The same of the adapters and sinks that ship with the product; a host's passing trouble is shown, too."""
    kinds = {kind.__name__ for kind in _below(Problem)} | {"HostBusy"}
    for path, scope in functions_of_plugins():
        yield from ((f"{path.parent.name}/{path.name}", text) for text in _beside(scope, kinds))


def functions_of_plugins() -> Iterator[tuple[Path, ast.FunctionDef]]:
    for path in sorted(PLUGINS.glob("*/src/**/*.py")):
        if "hostile" not in str(path):
            for scope in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(scope, ast.FunctionDef):
                    yield path, scope


def test_what_was_expected_and_what_to_do_is_german_too_also_of_files() -> None:
    of_plugins = set(words_of_plugins())
    found = sorted({*words_beside(), *of_plugins})
    with speaking(GERMAN):
        english = [one for one in found if retold(one[1]) == one[1] and re.search("[a-z]{2}", one[1])]

    assert (len(found) > 480, len(of_plugins) > 120) == (True, True)  # found at all
    assert english == []


FOR_COMMANDS = {"adverse_impact", "change", "group_gaps"}
"""Statistics of reports that are given at the machine."""


def test_what_a_formula_lacks_is_german_too() -> None:
    """It stands in the reason of an absence."""
    found = sorted(
        (path.name, text)
        for path in (SOURCES / "statistics").rglob("*.py")
        if path.stem not in FOR_COMMANDS
        for scope in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(scope, ast.FunctionDef)
        for text in _beside(scope, {"NotEnough"})
    )
    lacking = "0 of 12 customers bought again, needed: at least 10 customers with a repeat purchase"
    with speaking(GERMAN):
        english = [one for one in found if retold(one[1]) == one[1] and re.search("[a-z]{2}", one[1])]
        told = retold(f"Lifetime value cannot be scored for anybody in this cycle: {lacking}.")

    assert len(found) > 30  # found at all
    assert english == []
    assert told == (
        "Kundenwert lässt sich in diesem Zyklus für niemanden auswerten: 0 von 12 Kundinnen und Kunden kauften wieder, "
        "nötig: mindestens 10 Kundinnen und Kunden mit einem Wiederkauf."
    )


def reasons() -> set[str]:
    """Why rows of files are rejected or left out, also by the adapters that are installed."""
    files = [*PLUGINS.glob("*/src/**/*.py"), *SOURCES.rglob("*.py")]
    trees = [ast.parse(path.read_text("utf-8")) for path in files if "hostile" not in str(path)]
    told = {*NOT_READABLE.values(), *MALFORMED.values(), MADE_A_NUMBER}
    told |= {
        value for name, value in vars(validate).items() if name.isupper() and isinstance(value, str) and " " in value
    }
    for tree in trees:
        for scope in [*(one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)), tree]:
            for call in ast.walk(scope):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                    given = {"Skip": call.args[1:2], "Refused": call.args[1:2]}.get(call.func.id, [])
                    reason = [
                        one.value for one in call.keywords if one.arg == "reason" and call.func.id in {"Skip", "bots"}
                    ]
                    told |= {text for node in (*given, *reason) for text in _texts(node, scope)}
    return told - {SOME}


def test_why_rows_are_left_out_is_german_too() -> None:
    found = sorted(reasons())
    with speaking(GERMAN):
        english = [one for one in found if retold(one) == one]

    assert len(found) > 60  # found at all
    assert english == []


def test_every_code_of_a_refusal_is_one_of_the_api() -> None:
    codes = {
        call.args[0].value
        for path in SOURCES.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Refusal"
        if call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    }
    api = "".join(path.read_text("utf-8") for path in (SOURCES / "api").rglob("*.py"))

    assert len(codes) > 30
    assert codes - set(re.findall(r'enum_value\(\s*"(\w+)"', api)) == set()


def test_a_stored_problem_is_told_with_its_lines() -> None:
    stored = str(InvalidInput("the column 'cost' is missing", expected="1", place=Place("a.csv", row=3), hint="x"))
    with speaking(GERMAN):
        told = problem_retold(stored)

    assert told == "die Spalte 'cost' fehlt\n  wo:    a.csv, row 3\n  erwartet: 1\n  zu tun:    x"
    assert problem_retold(stored) == stored


REOPENED = (
    "der Abschnitt ist im Stand Mitgeteilt; dafür (bewerten) muss er im Stand Belege werden gesammelt oder Entwurf sein"
)


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        ("Lifetime value is not rated yet", "Kundenwert ist noch nicht bewertet"),
        (
            "the cycle 2026.1 is PLANNED; rate is not possible in it",
            "der Zyklus 2026.1 ist im Stand Geplant; darin ist das nicht möglich (bewerten)",
        ),
        ("the section is SHARED; to rate it must be COLLECTING or DRAFT", REOPENED),
        (
            "1,234 sections are in calibration; lock the sessions first",
            "1.234 Abschnitte sind in der Kalibrierung; schließen Sie zuerst die Sitzungen",
        ),
        (
            "the cycle starts on 2026-01-01; nothing can be rated before",
            "der Zyklus beginnt am 1. Januar 2026; vorher kann nichts bewertet werden",
        ),
        (
            "the section has been changed since: it is at version 12, not 9 (Ann 1.5: rate; Ben: give_part)",
            "der Abschnitt wurde inzwischen geändert: Er hat Version 12, nicht 9 (Ann 1.5: bewerten; Ben: Beitrag geben)",
        ),
        (
            "the section has been changed since: it is at version 12, not 9",
            "der Abschnitt wurde inzwischen geändert: Er hat Version 12, nicht 9",
        ),
        (
            "a legal hold of 2026-03-31 forbids it: case 1.5",
            "eine Aufbewahrungspflicht vom 31. März 2026 verbietet es: case 1.5",
        ),
        (
            "'Max' is nobody's; give the address that the HR system has of them",
            "niemand heißt 'Max'; geben Sie die Adresse an, die das HR-System von der Person hat",
        ),
    ],
)
def test_figures_days_names_and_words_stand_in_refusals_as_they_should(refusal: str, told: str) -> None:
    with speaking(GERMAN):
        assert retold(refusal) == told


@pytest.mark.parametrize(
    ("note", "told"),
    [
        (
            (
                "Were buyers lost sooner or later than after 365 days: with 182 days 3 of 1,200 results, with 730 days 0 of "
                "1,200 results would read otherwise."
            ),
            (
                "Gälten Käuferinnen und Käufer früher oder später als nach 365 Tagen als verloren: Mit 182 Tagen sagten 3 von "
                "1.200 Ergebnissen etwas anderes, mit 730 Tagen 0 von 1.200."
            ),
        ),
        (
            (
                "What chance does to repeat purchase goes together with what it does to attrition (correlation 0.31): both "
                "tell of the same customers. Figures of all indicators together allow for it."
            ),
            (
                "Was der Zufall bei „Wiederkäufe“ bewirkt, geht mit dem bei „Abwanderung“ einher (Korrelation 0,31): Beide "
                "handeln von denselben Kundinnen und Kunden. Werte aller Kennzahlen zusammen berücksichtigen das."
            ),
        ),
        (
            (
                "A lost customer is one whose subscription ended by choice or, having none, who had bought on two days or "
                "more and then nothing for 90 to 365 days, by segment."
            ),
            (
                "Als abgewandert gilt, wer ein Abonnement aus eigener Entscheidung beendet hat oder, ohne eines, wer an zwei "
                "oder mehr Tagen gekauft hat und dann 90 bis 365 Tage lang nichts, je nach Segment."
            ),
        ),
    ],
)
def test_what_runs_say_of_how_they_measured_is_german_too(note: str, told: str) -> None:
    with speaking(GERMAN):
        assert retold(note) == told


def test_whatever_the_audit_log_tells_of_has_words_in_its_page() -> None:
    named = {
        action
        for path in (SOURCES / "use_cases").glob("*.py")
        for action in re.findall(r'(?:action=|_record\([\w, ]*)f?"([a-z_]+\.[a-z_]+)"', path.read_text("utf-8"))
    }
    words = (SOURCES / "console" / "static" / "elements" / "hr-words.js").read_text("utf-8")

    assert len(named) > 30
    assert sorted(action for action in named if f'"{action}":' not in words) == []
