"""The service in a process of its own: prints its address and tokens as JSON, and serves until it is stopped.

The only argument is the address of an empty database, SQLite's in a directory of its own where there is none.
"""

import json
import socket
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.api.builder import AT, build, empty_deployment

from appraise.settings import Settings
from appraise.web import create_app, server_of, settle


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        empty = empty_deployment(Path(directory), *sys.argv[1:2])
        company = build(empty, others=100)
        settings = Settings(rate_limit=1_000_000_000, subgraph_source="hr:id")
        listening = socket.create_server(("127.0.0.1", 0), backlog=512)
        told = {
            "url": f"http://127.0.0.1:{listening.getsockname()[1]}",
            "honest": company.token("Max Weber"),
            "hostile": company.token("Hal Novak"),
            "crowd": [company.token(f"Agent {number:03d}") for number in range(100)],
            "fresh": [company.token("Max Weber") for _ in range(100)],
        }
        server = server_of(create_app(company.deployment, settings, lambda: AT))
        settle()
        print(json.dumps(told), flush=True)
        server.run(sockets=[listening])


if __name__ == "__main__":
    main()
