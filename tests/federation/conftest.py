import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from tests.api.builder import AT, Company, build, empty_deployment
from tests.node import installed

from appraise.settings import Settings
from appraise.web import create_app


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """Composers and a gateway as their makers publish them."""
    return installed(Path(__file__).parent)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Company]]:
    company = build(empty_deployment(tmp_path_factory.mktemp("company")))
    app = create_app(company.deployment, Settings(subgraph_source="hr:id"), lambda: AT)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/subgraph", company
    server.should_exit = True
    thread.join(timeout=10)
    company.deployment.database.close()
