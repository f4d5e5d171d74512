"""A standalone cluster of Spark with two workers, and a Spark Connect server, each a process on this machine.

The whole is as small as it goes: what takes time with little data is the start of Java, compiling code for each
statement, and the many tasks of a shuffle.
"""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

HOST = "127.0.0.1"
SECONDS_TO_START = 240.0
SETTINGS = {
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.driver.bindAddress": HOST,
    "spark.driver.host": HOST,
    "spark.driver.memory": "1g",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.executor.memory": "512m",
    "spark.executor.cores": "1",
    "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}
Start = Sequence[str]


def configured(directory: Path) -> dict[str, str]:
    """The environment of a driver: the settings above, by `spark-defaults.conf` as an administrator gives them."""
    directory.mkdir(exist_ok=True)
    lines = [f"{name} {value}" for name, value in SETTINGS.items()]
    (directory / "spark-defaults.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (directory / "log4j2.properties").write_text("rootLogger.level = error\n", encoding="utf-8")
    return {"SPARK_CONF_DIR": str(directory), "SPARK_LOCAL_IP": HOST, "SPARK_LOCAL_DIRS": str(directory)}


@contextmanager
def cluster(directory: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """The address of a master with two workers of one core each."""
    port = _free_port()
    with ExitStack() as stack:
        master = ("org.apache.spark.deploy.master.Master", "--host", HOST, "--port", str(port), "--webui-port", "0")
        _running(stack, master, environment, directory / "master.log", port)
        address = f"spark://{HOST}:{port}"
        for number in (1, 2):
            worker = (
                "org.apache.spark.deploy.worker.Worker", "--host", HOST, "--cores", "1", "--memory", "600m",
                "--webui-port", "0", "--work-dir", str(directory / f"work-{number}"), address,
            )  # fmt: skip
            _running(stack, worker, environment, directory / f"worker-{number}.log", port)
        yield address


@contextmanager
def connect_server(directory: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """The address of a Spark Connect server that computes in two threads of its own."""
    port = _free_port()
    given = {"spark.connect.grpc.binding.address": HOST, "spark.connect.grpc.binding.port": str(port)}
    with ExitStack() as stack:
        command = ["org.apache.spark.deploy.SparkSubmit", "--master", "local[2]"]
        for name, value in given.items():
            command += ["--conf", f"{name}={value}"]
        server = (*command, "--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal")
        _running(stack, server, environment, directory / "connect.log", port, memory="1g")
        yield f"sc://{HOST}:{port}"


def _running(  # what, where, and how much memory it may have
    stack: ExitStack, start: Start, environment: Mapping[str, str], log: Path, port: int, memory: str = "256m"
) -> None:
    """Wait until somebody listens; the process ends with the stack."""
    found = find_spec("pyspark")
    assert found is not None
    assert found.origin is not None
    home = Path(found.origin).parent
    words = stack.enter_context(log.open("w", encoding="utf-8"))
    small = {"SPARK_DAEMON_MEMORY": memory, "SPARK_DAEMON_JAVA_OPTS": SETTINGS["spark.driver.extraJavaOptions"]}
    process = subprocess.Popen(
        [home / "bin" / "spark-class", *start],
        env={**os.environ, **small, **environment, "SPARK_HOME": str(home)},
        stdout=words,
        stderr=subprocess.STDOUT,
    )
    stack.callback(process.wait)
    stack.callback(process.terminate)
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        assert process.poll() is None, log.read_text(encoding="utf-8")
        assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
        time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
