"""A PostgreSQL server of the benchmark's own, reached through a Unix socket."""

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

SETTINGS: Final = (
    "-c listen_addresses= -c max_connections=100 -c shared_buffers=512MB -c jit=off"
    " -c autovacuum=off -c fsync=off -c full_page_writes=off"
)
"""The data fit into memory, as they would on a real server; nothing but the requests is to take processor time."""


@contextmanager
def postgres(directory: Path) -> Iterator[str]:
    """Starts a server on `directory`, made where it is new; gives the URL of its database `postgres`."""
    binaries = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[-2]))
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    directory.mkdir(parents=True, exist_ok=True)
    if user is not None:
        os.chown(directory, user.pw_uid, user.pw_gid)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(binaries / program), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=directory,
            user=None if user is None else user.pw_uid,
            group=None if user is None else user.pw_gid,
            extra_groups=None if user is None else [],
        )

    data = directory / "data"
    if not data.exists():
        run("initdb", "-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
    options = f"-k {directory} {SETTINGS}"
    run("pg_ctl", "start", "-w", "-D", str(data), "-l", str(directory / "log"), "-o", options)
    try:
        yield f"postgresql://postgres@/postgres?host={directory}"
    finally:
        run("pg_ctl", "stop", "-D", str(data), "-m", "fast")


def process_of(directory: Path) -> int:
    """The id of the server's first process, whose children are all others."""
    return int((directory / "data" / "postmaster.pid").read_text(encoding="ascii").split("\n")[0])
