from pathlib import Path

import pytest
from tests.node import installed


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """Composers and a gateway as their makers publish them."""
    return installed(Path(__file__).parent)
