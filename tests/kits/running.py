"""Hosts with a kit in them, as processes of their own."""

import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen

import pytest

ROOT = Path(__file__).parents[2]
PHP = ROOT / "tests/kits/orangehrm_host.php"
PLUGIN = ROOT / "plugins/appraise-orangehrm/embed/orangehrmAppraisePlugin"


@contextmanager
def running(module: str, told: Mapping[str, str], *arguments: str) -> Iterator[str]:
    """The address of a stand-in for a host that is written in Python."""
    command = [sys.executable, "-m", f"tests.kits.{module}", *arguments]
    with Popen(command, cwd=ROOT, env=os.environ | told, stdout=PIPE, text=True) as host:
        assert host.stdout
        try:
            port = host.stdout.readline().strip()
            assert port, f"{module} did not begin"
            yield f"http://127.0.0.1:{port}"
        finally:
            host.terminate()


@contextmanager
def running_php(told: Mapping[str, str]) -> Iterator[str]:
    if shutil.which("php") is None:
        pytest.skip("php is not installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ["php", "-S", f"127.0.0.1:{port}", str(PHP)]
    with Popen(command, env=os.environ | {"PLUGIN": str(PLUGIN)} | told, stdout=DEVNULL, stderr=DEVNULL) as host:
        try:
            for _ in range(200):
                with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            host.terminate()
