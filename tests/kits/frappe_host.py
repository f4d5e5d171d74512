"""Frappe with the kit's app in it: whitelisted methods, permissions of documents, and a form that is refreshed."""

import importlib
import json
import os
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

from tests.kits.serving import PLUGINS, Asked, Told, file, page, serve

APP = PLUGINS / "appraise-frappe/embed/appraise_embed"
USERS = {"max@example.org": "HR-EMP-MAX", "ben@example.org": "HR-EMP-BEN"}
"""User → Employee. Somebody else signs in without being one."""
APPRAISALS = {"HR-APR-1": "HR-EMP-CEM", "HR-APR-2": "HR-EMP-ANN", "HR-APR-3": "HR-EMP-NOBODY"}
READERS = {"max@example.org", "guest@example.org"}
DESK = """<!doctype html><html lang="en"><title>Frappe</title><main><div id="field"></div></main>
<script>
  const handlers = [];
  window.frappe = { ui: { form: { on: (doctype, events) => doctype === "Appraisal" && handlers.push(events) } } };
  const wrapper = document.querySelector("#field");
  // One form for all documents of a kind, which is refreshed with each, and whenever one is saved.
  window.show = (name, isNew = false) => {
    const field = { $wrapper: { get: () => wrapper } };
    const form = { doc: { name }, is_new: () => isNew, get_field: (one) => (one === "appraise_section" ? field : null) };
    for (const events of handlers) events.refresh?.(form);
  };
</script>
<script src="/assets/appraise_embed/js/appraisal.js"></script>
<script>window.show(location.pathname.split("/").pop());</script>"""


class ValidationError(Exception):
    status = 417


class FrappePermissionError(ValidationError):
    status = 403


class DoesNotExistError(ValidationError):
    status = 404


class Document:
    doctype = "Appraisal"

    def __init__(self, name: str) -> None:
        if name not in APPRAISALS:
            raise DoesNotExistError(f"Appraisal {name} not found")
        self.name, self.employee, self.appraisal_cycle = name, APPRAISALS[name], "2025"

    def check_permission(self, kind: str) -> None:
        assert kind == "read"
        if frappe.session.user not in READERS:
            raise FrappePermissionError("No permission for Appraisal")


def throw(message: str, exc: type[Exception] = ValidationError) -> None:
    raise exc(message)


def whitelist(**_: Any) -> Any:
    def marked(function: Any) -> Any:
        function.is_whitelisted = True
        return function

    return marked


frappe: Any = ModuleType("frappe")
frappe.session = SimpleNamespace(user="")
frappe.conf = SimpleNamespace(
    appraise_url=os.environ.get("APPRAISE_URL"),
    appraise_token=os.environ.get("APPRAISE_TOKEN"),
    appraise_user="appraise",
)
frappe.whitelist, frappe.throw, frappe.log_error = whitelist, throw, lambda *_: None
frappe.PermissionError, frappe.DoesNotExistError, frappe.ValidationError = (
    FrappePermissionError,
    DoesNotExistError,
    ValidationError,
)
frappe.get_doc = lambda _, name: Document(name)
frappe.db = SimpleNamespace(
    get_value=lambda doctype, filters, _: USERS.get(filters["user_id"]) if doctype == "Employee" else None
)
frappe.utils = SimpleNamespace(get_url=lambda: f"http://{frappe.host}")


def answer(asked: Asked) -> Told:
    frappe.session.user, frappe.host = asked.who, asked.host
    if asked.path.startswith("/app/appraisal/"):
        return page(DESK)
    if asked.path.startswith("/assets/appraise_embed/"):
        return file(APP / "appraise_embed/public" / asked.path.removeprefix("/assets/appraise_embed/"))
    if not asked.path.startswith("/api/method/"):
        return page("Not found", 404)
    try:
        module, _, name = asked.path.removeprefix("/api/method/").rpartition(".")
        method = getattr(importlib.import_module(module), name)
        if not getattr(method, "is_whitelisted", False):
            raise FrappePermissionError("not whitelisted")
        return told(200, {"message": method(**asked.query)})
    except ValidationError as error:
        said = json.dumps([json.dumps({"message": str(error)})])
        return told(error.status, {"exc_type": type(error).__name__, "_server_messages": said})


def told(status: int, document: Any) -> Told:
    return Told(status, "application/json", json.dumps(document).encode())


if __name__ == "__main__":
    sys.modules["frappe"] = frappe
    sys.path.insert(0, str(APP))
    serve(answer)
