"""The service in a process of its own: prints its address and two tokens as JSON, and serves until it is stopped."""

import json
import socket
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.api.builder import AT, build, empty_deployment

from appraise.settings import Settings
from appraise.web import create_app, server_of


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        company = build(empty_deployment(Path(directory)), others=60)
        settings = Settings(rate_limit=1_000_000_000, subgraph_source="hr:id")
        listening = socket.create_server(("127.0.0.1", 0), backlog=512)
        told = {
            "url": f"http://127.0.0.1:{listening.getsockname()[1]}",
            "honest": company.token("Max Weber"),
            "hostile": company.token("Hal Novak"),
        }
        print(json.dumps(told), flush=True)
        server_of(create_app(company.deployment, settings, lambda: AT)).run(sockets=[listening])


if __name__ == "__main__":
    main()
