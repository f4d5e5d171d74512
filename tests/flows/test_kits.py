"""What the kits add to their hosts beside the page: fields and who may write them, a formula, views, a menu item."""

import ast
import json
import re
import runpy
import sqlite3
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from tests.flows.final_sections import AT
from tests.kits import odoo_host
from tests.kits.frappe_host import FrappePermissionError, frappe
from tests.kits.running import running

from appraise.adapters.discovery import sink_named
from appraise.adapters.host_http import HostHttp
from appraise.adapters.sending import attempt
from appraise.adapters.sinks import CallSink, HostLocked, HostRefused, SinkOptions
from appraise.domain.write_back import WriteBackState, queued
from appraise.testing.finished import absent_section, finished_section
from appraise.testing.hosts.fake import Record
from appraise.testing.hosts.frappe import FakeFrappe

PLUGINS = Path(__file__).parents[2] / "plugins"
FRAPPE = PLUGINS / "appraise-frappe/embed/appraise_embed/appraise_embed"
ODOO = PLUGINS / "appraise-odoo/embed/appraise_embed"


class Doc(dict[str, Any]):
    """A document of Frappe: its values by key and by attribute; `before` is what the database held."""

    __getattr__ = dict.get
    __setattr__ = dict.__setitem__  # type: ignore[assignment]

    def get_doc_before_save(self) -> "Doc | None":
        before: Doc | None = self.get("_before")
        return before

    def save(self) -> None:
        self["_saved"] = True


@pytest.fixture
def fields(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The kit's module as Frappe runs it."""
    monkeypatch.setitem(sys.modules, "frappe", frappe)
    return SimpleNamespace(**runpy.run_path(str(FRAPPE / "fields.py")))


def test_frappe_lets_nobody_but_the_service_and_hr_change_the_fields(
    fields: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = Doc(appraise_score=3.75, remarks="mine", _before=Doc(appraise_score=0.0, remarks=None))
    untouched = Doc(appraise_score=0.0, appraise_status=None, remarks="mine", _before=Doc(appraise_score=None))
    monkeypatch.setattr(frappe, "get_roles", lambda: ["Employee"], raising=False)

    monkeypatch.setattr(frappe.session, "user", "max@example.org")
    fields.keep(untouched)
    with pytest.raises(FrappePermissionError, match="appraise_score is written by Appraise"):
        fields.keep(written)
    with pytest.raises(FrappePermissionError):
        fields.keep(Doc(appraise_status="SCORED"))  # a new one
    monkeypatch.setattr(frappe.session, "user", "appraise")
    fields.keep(written)
    monkeypatch.setattr(frappe.session, "user", "hr@example.org")
    monkeypatch.setattr(frappe, "get_roles", lambda: ["HR Manager"], raising=False)
    fields.keep(written)
    hooks = runpy.run_path(str(FRAPPE / "hooks.py"))["doc_events"]["Appraisal"].values()
    assert all(hasattr(fields, one.removeprefix("appraise_embed.fields.")) for one in hooks)


@pytest.mark.parametrize(
    ("before", "scored", "absent"),
    [(None, "1.817", "1.333"), ("goal_score * 0.5 + 1", "3.15", "3")],
    ids=["without a formula", "beside a formula"],
)
def test_frappe_s_formula_counts_the_score_and_leaves_an_absence_out(
    fields: Any, monkeypatch: pytest.MonkeyPatch, before: str | None, scored: str, absent: str
) -> None:
    """Goals of 4: 4 / 3 * .8 + 3.75 * .2, and 3 * .8 + 3.75 * .2."""
    cycle = Doc(final_score_formula=before, calculate_final_score_based_on_formula=before is not None)
    monkeypatch.setattr(frappe, "get_doc", lambda *_: cycle)
    host = FakeFrappe()
    host.formula = fields.use_in_cycle("2025", "0.2")
    record = Record("17", 3.75, {"appraise_status": "SCORED"})

    assert cycle.calculate_final_score_based_on_formula == cycle["_saved"] == 1
    assert f"{host.final_score(record):.4g}" == scored
    record.number, record.text = None, {"appraise_status": "NOT_OBSERVED"}
    assert f"{host.final_score(record):.4g}" == f"{host.final_score(Record('17')):.4g}" == absent
    with pytest.raises(Exception, match="counts in 2025 already"):
        fields.use_in_cycle("2025", "0.3")
    for weight in (0, 1, -0.2):
        with pytest.raises(ValueError, match="expected more than 0 and less than 1"):
            fields.formula("goal_score", weight)


def test_frappe_has_the_fields_that_its_sink_writes_and_shows_them_to_be_read() -> None:
    sections = pytest.importorskip("appraise_frappe.sections")
    made = {one["fieldname"]: one for one in json.loads((FRAPPE / "fixtures/custom_field.json").read_text("utf-8"))}

    written = set(sections.FIELDS.values())
    assert written < set(made)
    assert all(made[name]["read_only"] == made[name]["allow_on_submit"] == 1 for name in written)
    assert [one["insert_after"] for one in made.values()] == ["final_score", *list(made)[:-1]]


def test_odoo_lets_nobody_but_the_service_change_the_fields_that_its_form_shows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in ("odoo", "odoo.http", "odoo.exceptions"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    odoo_host.install_modules()
    module = runpy.run_path(str(ODOO / "models/hr_appraisal.py"))
    sections = pytest.importorskip("appraise_odoo.sections")
    score = {"appraise_score": 69.0}

    def record(*groups: str, su: bool = False) -> Any:
        return module["HrAppraisal"](1, odoo_host.Environment("max", groups, su=su))

    for refused in (lambda: record().write(score), lambda: record().create([{"note": "x"}, score])):
        with pytest.raises(odoo_host.AccessError, match="is written by Appraise"):
            refused()
    assert record().write({"note": "mine"})
    for may in (record("appraise_embed.group_writer"), record(su=True)):
        may.write(score)
        assert may.written == [score]
    assert module["WRITTEN"] == set(sections.NAMES.values())
    shown = set(re.findall('<field name="([^"]+)"', (ODOO / "views/hr_appraisal_views.xml").read_text("utf-8")))
    assert module["WRITTEN"] < shown
    manifest = ast.literal_eval((ODOO / "__manifest__.py").read_text(encoding="utf-8"))
    assert all((ODOO / one).exists() for one in manifest["data"])
    assert '<record id="group_writer" model="res.groups">' in (ODOO / "security/groups.xml").read_text("utf-8")


def test_the_menu_of_orangehrm_has_one_item_more_for_employees_and_administrators() -> None:
    """Tables as OrangeHRM 5 has them, as far as the script touches them."""
    host = sqlite3.connect(":memory:")
    host.executescript("""
        CREATE TABLE ohrm_module (id INTEGER PRIMARY KEY, name TEXT UNIQUE, status INT, display_name TEXT);
        CREATE TABLE ohrm_screen (id INTEGER PRIMARY KEY, name TEXT, module_id INT REFERENCES ohrm_module, action_url TEXT);
        CREATE TABLE ohrm_menu_item (id INTEGER PRIMARY KEY, menu_title TEXT, screen_id INT REFERENCES ohrm_screen,
            parent_id INT, level INT, order_hint INT, status INT);
        CREATE TABLE ohrm_user_role (id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE ohrm_user_role_screen (user_role_id INT REFERENCES ohrm_user_role, screen_id INT, can_read INT);
        INSERT INTO ohrm_user_role (name) VALUES ('Admin'), ('ESS'), ('Supervisor');
    """)
    host.executescript((PLUGINS / "appraise-orangehrm/embed/orangehrmAppraisePlugin/menu.sql").read_text("utf-8"))

    found = host.execute("""
        SELECT item.menu_title, module.name || '/' || screen.action_url, role.name
        FROM ohrm_menu_item item JOIN ohrm_screen screen ON screen.id = item.screen_id
        JOIN ohrm_module module ON module.id = screen.module_id
        JOIN ohrm_user_role_screen reads ON reads.screen_id = screen.id AND reads.can_read = 1
        JOIN ohrm_user_role role ON role.id = reads.user_role_id ORDER BY role.name
    """).fetchall()
    assert found == [("Customer Service", "appraise/section", role) for role in ("Admin", "ESS")]


def test_the_sink_for_horilla_writes_through_the_kit_s_views(tmp_path: Path) -> None:
    sink = sink_named("horilla")
    assert isinstance(sink, CallSink)
    section, absent = finished_section("horilla:badge", "B-CEM"), absent_section("horilla:badge")
    absent = replace(absent, references=section.references)
    with running("horilla_host", {}, str(tmp_path)) as url:
        options = SinkOptions("horilla", url, "appraise")
        with sink.open(options) as host:
            line = attempt(queued(section.id, 1, "horilla", earlier=None, at=AT), section, host, at=AT, chance=0.5).line
            assert (line.state, (line.found or {})["current_value"]) == (WriteBackState.CONFIRMED, "69")
            line = queued(section.id, 2, "horilla", earlier=line.sent, at=AT)
            line = attempt(line, absent, host, at=AT, chance=0.5).line
            assert (line.state, (line.found or {})["current_value"]) == (WriteBackState.CONFIRMED, None)
            with pytest.raises(HostRefused, match="B-NOBODY has 0 key results"):
                host.plan(finished_section("horilla:badge", "B-NOBODY"))
        other = SinkOptions("horilla", url, "appraise", settings={"key_result": "Another"})
        with sink.open(other) as host:
            assert host.plan(section).fields["current_value"] == "7"  # its target is 10
        with HostHttp(options, {"authorization": "Bearer appraise"}) as http:
            held = http.get("/api/appraise/key-results/1/")
            was = {name: held[name] for name in ("current_value", "appraise_status", "appraise_note")}
            body = {"current_value": 101, "appraise_status": "SCORED", "appraise_note": "", "was": was}
            for wrong in (101, -1, 68.75, "69", True):
                with pytest.raises(HostRefused, match="a whole number from 0 to 100, or null"):
                    http.call("PATCH", "/api/appraise/key-results/1/", body=body | {"current_value": wrong})
            for name, text in (("current_value", 12), ("appraise_status", "SCORED"), ("appraise_note", "by hand")):
                stale = {"current_value": 50, "was": was | {name: text}}
                with pytest.raises(HostRefused, match=r"409.*somebody saved it since it was read"):
                    http.call("PATCH", "/api/appraise/key-results/1/", body=body | stale)
            assert http.get("/api/appraise/key-results/1/") == held
        with sink.open(SinkOptions("horilla", url, "ben")) as host, pytest.raises(HostRefused, match="403"):
            host.plan(section)  # no permission to see key results
        with sink.open(SinkOptions("horilla", url, "nobody")) as host, pytest.raises(HostLocked, match="401"):
            host.plan(section)
