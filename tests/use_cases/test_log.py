"""What a log tells of a defect."""

import io
import json
import sys

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from appraise.bootstrap import log_to_stderr
from appraise.use_cases.deployment import Deployment

NAME = "Ann Archer"


def test_a_defect_is_logged_with_its_traceback_and_nobody_s_data(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, before = io.StringIO(), structlog.get_config()
    monkeypatch.setattr(sys, "stderr", written)
    log_to_stderr()
    try:
        with deployment.database.reading() as session:
            session.execute(text("SELECT * FROM nothing WHERE name = :name"), {"name": NAME})
    except DBAPIError as error:
        structlog.get_logger("appraise.api").error("field failed", exc_info=error)
    finally:
        structlog.configure(**before)
    line = json.loads(written.getvalue())

    assert (line["event"], line["level"]) == ("field failed", "error")
    assert "test_log.py" in line["exception"]
    assert NAME not in line["exception"]
    assert deployment.secret.decode() not in repr(deployment) + written.getvalue()
