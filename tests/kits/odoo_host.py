"""Odoo with the kit's module in it: a model that is inherited, access rules, routes, and a form with the page."""

import importlib
import json
import os
import re
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

from tests.kits.serving import PLUGINS, Asked, Told, file, page, serve

MODULE = PLUGINS / "appraise-odoo/embed/appraise_embed"
BADGES = {"max": "B-MAX", "ben": "B-BEN", "guest": False}
"""User → badge of their employee."""
APPRAISALS = {1: "B-CEM", 2: "B-ANN", 3: "B-NOBODY"}
READERS = {"max", "guest"}
PARAMETERS = {"appraise.url": os.environ.get("APPRAISE_URL"), "appraise.token": os.environ.get("APPRAISE_TOKEN")}
ROUTES: list[tuple[Any, str]] = []


class AccessError(Exception):
    pass


class Model:
    """`written` is what reaches the database."""

    _inherit: str

    def __init__(self, key: int = 0, env: Any = None, *, is_root: bool = False) -> None:
        self.id, self.env, self.is_root, self.written = key, env, is_root, list[dict[str, Any]]()

    def __iter__(self) -> Any:
        return iter([self])

    def browse(self, key: int) -> "Model":
        return type(self)(key, self.env)

    def sudo(self) -> "Model":
        return type(self)(self.id, self.env, is_root=True)

    def check_access(self, operation: str) -> None:
        assert operation == "read"
        if self.env.user.login not in READERS:
            raise AccessError("You are not allowed to access 'Appraisal' records")

    @property
    def employee_id(self) -> SimpleNamespace:
        """Badges are fields of HR officers only."""
        if not self.is_root:
            raise AccessError("barcode is for HR officers")
        return SimpleNamespace(barcode=APPRAISALS[self.id])

    def write(self, vals: dict[str, Any]) -> bool:
        self.written.append(vals)
        return True

    def create(self, vals_list: list[dict[str, Any]]) -> "Model":
        self.written.extend(vals_list)
        return self


class Environment:
    def __init__(self, login: str, groups: tuple[str, ...] = (), *, su: bool = False) -> None:
        self.su = su
        employee = SimpleNamespace(barcode=BADGES.get(login, False))
        self.user = SimpleNamespace(login=login, employee_id=employee, has_group=lambda group: group in groups)

    def __getitem__(self, model: str) -> Any:
        if model == "ir.config_parameter":
            parameters = SimpleNamespace(get_param=PARAMETERS.get)
            return SimpleNamespace(sudo=lambda: parameters)
        return inherited()(0, self)


class Response:
    def __init__(self, body: str, media: str, status: int = 200) -> None:
        self.body, self.media, self.status, self.headers = body, media, status, dict[str, str]()


def inherited() -> Any:
    return importlib.import_module("appraise_embed.models.hr_appraisal").HrAppraisal


def route(path: str, **_: Any) -> Any:
    def marked(function: Any) -> Any:
        ROUTES.append((re.compile(re.sub(r"<int:(\w+)>", r"(?P<\1>\\d+)", path)), function.__name__))
        return function

    return marked


request = SimpleNamespace(
    env=None,
    httprequest=SimpleNamespace(host_url=""),
    make_response=lambda body, headers: Response(body, dict(headers)["Content-Type"]),
    make_json_response=lambda body, status=200: Response(json.dumps(body), "application/json", status),
)


def field(*_: Any, **__: Any) -> None:
    return None


def install_modules() -> None:
    """`odoo` as the kit imports it."""
    odoo, http, fields, api, exceptions = (ModuleType(name) for name in ("odoo", "http", "fields", "api", "exceptions"))
    plain = lambda function: function  # noqa: E731
    http.__dict__.update(route=route, request=request, Controller=object)
    fields.__dict__.update(Float=field, Char=field, Text=field, Html=field)
    api.__dict__.update(depends=lambda *_: plain, model_create_multi=plain)
    exceptions.__dict__.update(AccessError=AccessError)
    odoo.__dict__.update(http=http, fields=fields, api=api, models=SimpleNamespace(Model=Model), _=plain)
    found = {"odoo": odoo, "odoo.http": http, "odoo.exceptions": exceptions}
    sys.modules.update(found)


def answer(asked: Asked) -> Told:
    request.env, request.httprequest.host_url = Environment(asked.who), f"http://{asked.host}/"
    if asked.path == "/appraise_embed/static/src/frame.js":
        return file(MODULE / "static/src/frame.js")
    form = re.fullmatch(r"/web/appraisal/(\d+)", asked.path)
    if form is not None:
        record = inherited()(int(form[1]), request.env)
        record._compute_appraise_frame()
        return page(f'<!doctype html><html lang="en"><title>Odoo</title><main>{record.appraise_frame}</main>')
    controller = importlib.import_module("appraise_embed.controllers.main").AppraiseController()
    for pattern, name in ROUTES:
        if (fits := pattern.fullmatch(asked.path)) is not None:
            try:
                told = getattr(controller, name)(**{key: int(value) for key, value in fits.groupdict().items()})
            except AccessError as error:
                return page(str(error), 403)
            return Told(told.status, told.media, told.body.encode())
    return page("Not found", 404)


if __name__ == "__main__":
    install_modules()
    sys.path.insert(0, str(MODULE.parent))
    importlib.import_module("appraise_embed")
    serve(answer)
