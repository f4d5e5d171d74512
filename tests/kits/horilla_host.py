"""Horilla as a real Django project with the kit's app in it; its own models are cut down to what the kit touches.

Who is signed in is a cookie; programs come in by `Authorization: Bearer` and the name of a user.
"""

import os
import sys
from datetime import date
from pathlib import Path
from socketserver import ThreadingMixIn
from types import ModuleType
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from tests.kits.serving import PLUGINS

EMBED = PLUGINS / "appraise-horilla/embed"
HERE = Path(__file__).parent / "horilla"
PEOPLE = {"max": "B-MAX", "ben": "B-BEN", "cem": "B-CEM", "appraise": None}
"""User → badge of their employee."""


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def configure(directory: str) -> None:
    from django.conf import settings

    module = sys.modules["horilla.urls"]
    module.urlpatterns = []  # type: ignore[attr-defined]
    settings.configure(
        SECRET_KEY="of a stand-in",
        DEBUG=False,
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="horilla.urls",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{directory}/horilla.sqlite"}},
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.staticfiles",
            "employee",
            "pms",
            "appraise_embed",
        ],
        MIGRATION_MODULES={"contenttypes": None, "auth": None},  # tables at once, which is quicker
        MIDDLEWARE=["horilla_session.by_cookie"],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [str(HERE / "templates")],
                "APP_DIRS": True,
            }
        ],
        REST_FRAMEWORK={"DEFAULT_AUTHENTICATION_CLASSES": ["horilla_session.ByName"]},
        STATIC_URL="/static/",
        LOGIN_URL="/login",
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        APPRAISE_URL=os.environ.get("APPRAISE_URL", ""),
        APPRAISE_TOKEN=os.environ.get("APPRAISE_TOKEN", ""),
    )


def horilla_itself() -> None:
    """The package whose settings and addresses apps add themselves to."""
    package, addresses, own = (ModuleType(name) for name in ("horilla", "horilla.urls", "horilla.horilla_settings"))
    package.__path__ = []
    own.APPS = ["pms"]  # type: ignore[attr-defined]
    sys.modules.update({"horilla": package, "horilla.urls": addresses, "horilla.horilla_settings": own})


def people() -> None:
    from django.apps import apps
    from django.contrib.auth.models import Permission, User
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    employee, objective, result = (
        apps.get_model(*name)
        for name in (("employee", "Employee"), ("pms", "EmployeeObjective"), ("pms", "EmployeeKeyResult"))
    )
    for name, badge in PEOPLE.items():
        user = User.objects.create(username=name)
        if badge is None:
            user.user_permissions.set(Permission.objects.filter(codename__contains="keyresult"))
            continue
        person = employee.objects.create(employee_user_id=user, badge_id=badge)
        own = objective.objects.create(employee_id=person, start_date=date(2025, 1, 1))
        for title, target in (("Customer service score", 100), ("Another", 10)):
            result.objects.create(employee_objective_id=own, key_result=title, target_value=target)


def main() -> None:
    sys.path[:0] = [str(EMBED), str(HERE)]
    horilla_itself()
    configure(sys.argv[1])
    import django
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.handlers.wsgi import WSGIHandler

    django.setup()
    people()
    server = make_server("127.0.0.1", 0, StaticFilesHandler(WSGIHandler()), Server, Quiet)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
