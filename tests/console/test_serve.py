"""Serving from a terminal: the address is printed, a taken port is said in words, an interrupt ends it in order."""

import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from tests.api.builder import AT, empty_deployment

from appraise.errors import InvalidInput
from appraise.settings import Settings
from appraise.web import serve

SERVE = """
import sys
from pathlib import Path
from appraise.settings import Settings
from appraise.web import serve
from tests.api.builder import AT, empty_deployment
serve(empty_deployment(Path({directory!r})), Settings(), clock=lambda: AT, host="127.0.0.1", port=0)
print("duckdb" in sys.modules)
"""


def test_the_address_is_printed_answers_and_an_interrupt_ends_it(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    script = SERVE.format(directory=str(tmp_path))
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[2]
        with urllib.request.urlopen(f"{address}/healthz", timeout=20) as answer:  # our own address
            assert answer.status == 200
        process.send_signal(signal.SIGINT)
        said, complaints = process.communicate(timeout=20)

    assert (process.returncode, complaints) == (0, "")
    assert said.splitlines()[-1] == "True"  # the engine was loaded beside the requests


def test_a_taken_port_is_said_in_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InvalidInput, match=f"port {port} on 127.0.0.1 cannot be opened: Address already in use"):
            serve(empty_deployment(tmp_path), Settings(), clock=lambda: AT, host="127.0.0.1", port=port)
