"""What a file cannot tell is said in German, too: every warning of an adapter that ships with the product."""

import ast
from collections.abc import Iterator

from babel.messages.pofile import read_po
from tests.console.test_refusals import GERMAN, PLUGINS, SOME, SOURCES, _texts

from appraise.domain.events import EventKind
from appraise.domain.language import retold, speaking
from appraise.domain.policy_keys import OF_AN_INDICATOR, OF_THE_POLICY
from appraise.domain.policy_lint import _leans_on

NOT_GIVEN = "of  "
"""A reply that does not say how many there are: it warns of nothing."""


def warnings() -> Iterator[tuple[str, str]]:
    """Where each is made, and its words: what is given as `warnings`, added to it, or yielded by what is given."""
    files = [*PLUGINS.glob("*/src/**/*.py"), *(SOURCES / "adapters").rglob("*.py")]
    trees = {path: ast.parse(path.read_text("utf-8")) for path in files if "hostile" not in str(path)}
    given = {
        one.value.id
        for tree in trees.values()
        for one in ast.walk(tree)
        if isinstance(one, ast.keyword) and one.arg == "warnings" and isinstance(one.value, ast.Name)
    }
    for path, tree in trees.items():
        for scope in ast.walk(tree):
            if isinstance(scope, ast.FunctionDef):
                for node in _warned(scope, yields=scope.name in given):
                    yield from ((path.name, text) for text in _each(node, scope))


def _warned(scope: ast.FunctionDef, *, yields: bool) -> Iterator[ast.expr]:
    for one in ast.walk(scope):
        match one:
            case ast.Yield(value=ast.expr() as node) if yields:
                yield node
            case ast.keyword(arg="warnings", value=node):
                yield node
            case ast.Call(func=ast.Attribute(value=ast.Name(id="warnings"), attr="append" | "extend"), args=[node]):
                yield node


def _each(node: ast.expr, scope: ast.AST) -> Iterator[str]:
    match node:
        case ast.Tuple(elts=several):
            for one in several:
                yield from _each(one, scope)
        case ast.GeneratorExp(elt=one):
            yield from _each(one, scope)
        case ast.IfExp(body=body, orelse=other):
            yield from (*_each(body, scope), *_each(other, scope))
        case ast.Name(id=name):
            for one in ast.walk(scope):
                if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name) and one.targets[0].id == name:
                    yield from _each(one.value, scope)
        case _:
            yield from _texts(node, scope)


def test_every_warning_of_a_file_is_german_too() -> None:
    found = sorted({one for one in warnings() if one[1] != SOME and NOT_GIVEN not in one[1]})
    with speaking(GERMAN):
        english = [one for one in found if retold(one[1]) == one[1]]

    assert len(found) > 25  # found at all
    assert english == []


def test_what_hosts_do_not_allow_and_exports_cannot_tell_is_german_too() -> None:
    found = {
        one.value
        for path in PLUGINS.glob("*/src/**/*.py")
        if "hostile" not in str(path)
        for given in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(given, ast.keyword) and given.arg in {"limits", "unknowable"}
        for one in ast.walk(given.value)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }
    with speaking(GERMAN):
        english = sorted(one for one in found if retold(one) == one)

    assert len(found) > 100  # found at all
    assert english == []


def test_what_adapters_and_hosts_declare_is_german_too() -> None:
    """Some names are the same in both languages, and have a message all the same."""
    told = {"title", "format_version", "files", "quirks"}
    found = {
        one.value
        for path in PLUGINS.glob("*/src/**/*.py")
        if "hostile" not in str(path)
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"Declaration", "SinkDeclaration"}
        for given in call.keywords
        if given.arg in told
        for one in ast.walk(given.value)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }
    with (SOURCES / "languages" / "de.po").open("rb") as catalogue:
        messages = {one.id for one in read_po(catalogue) if one.context == "stored" and one.string}

    assert len(found) > 250  # found at all
    assert sorted(found - messages) == []


def test_what_the_keys_of_a_policy_mean_is_german_too() -> None:
    keys = OF_THE_POLICY + OF_AN_INDICATOR
    found = {text for key in keys for text in (key.meaning, key.source, *key.source_of.values())}
    with speaking(GERMAN):
        english = sorted(one for one in found if retold(one) == one)

    assert english == []


def test_what_lint_says_of_a_policy_is_german_too() -> None:
    """What is put together of several is tried by itself."""
    apart = [
        "there is no indicator 7; 7",
        "7 cannot be compared by 7; 7",
        "an estimate would be published on 7; at least 7",
    ]
    tree = ast.parse((SOURCES / "domain" / "policy_lint.py").read_text("utf-8"))
    found = {
        text
        for scope in ast.walk(tree)
        if isinstance(scope, ast.FunctionDef)
        for one in ast.walk(scope)
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == "Finding"
        for text in _texts(one.args[2], scope)
    }
    tried = [
        "there is no indicator upselling; one of: satisfaction, attrition",
        "there is no indicator satisfacton; did you mean satisfaction?",
        "satisfaction cannot be compared by chanel; did you mean channel?",
        "an estimate would be published on 3 answers; at least 10",
        "there are two profiles Front line",
    ]
    weighed = ("all that is weighed", "all that is weighed in the profile Front line")
    tried += [_leans_on(EventKind.PURCHASES, what) for what in weighed]
    with speaking(GERMAN):
        english = sorted(one for one in {*found, *tried} - {SOME, *apart} if retold(one) == one)

    assert len(found) > 30  # found at all
    assert english == []


def test_what_an_event_was_is_german_too() -> None:
    with speaking(GERMAN):
        assert retold("Contact by phone about fault") == "Kontakt über Telefon, Thema: fault"
        assert retold("Answer 4 on a scale of 0 to 10") == "Antwort 4 auf einer Skala von 0 bis 10"
        assert retold("Reversal of a sale, 1,234.50 EUR") == "Rückabwicklung eines Verkaufs, 1.234,50 EUR"
        assert (
            retold("Customer of this employee until 2025-03-04") == "Kundin oder Kunde dieser Person bis 4. März 2025"
        )
        assert retold("Subscription of Gold ended, voluntary") == "Abonnement von Gold beendet, freiwillig"


def test_what_plugins_say_is_told_whole() -> None:
    with speaking(GERMAN):
        assert retold("the reply holds 1,200 of 3,400 employees: who is missing is not taken to have left") == (
            "die Antwort enthält 1.200 von 3.400 Personen: Wer fehlt, gilt nicht als ausgeschieden"
        )
        assert retold("no column 'Topic': contacts have no topic to compare like with like") == (
            "keine Spalte 'Topic': Den Kontakten fehlt ein Thema, um Gleiches mit Gleichem zu vergleichen"
        )
        assert retold("0007 has no appraisal that closes from 2026-04-01 to before 2027-04-01") == (
            "0007 hat keine Beurteilung, die in der Zeit ab dem 1. April 2026 und vor dem 1. April 2027 endet"
        )
        assert retold("hr's host lets nobody into db: hr's host refused (403): no") == (
            "hr's host lässt niemanden in db ein: hr's host hat abgelehnt (403): no"
        )
        assert retold("the host hr is Odoo 17 and lacks settings.database and settings.login") == (
            "das HR-System hr ist Odoo 17, und ihm fehlen settings.database und settings.login"
        )
