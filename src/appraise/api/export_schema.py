"""`python -m appraise.api.export_schema`: write what is made from the schema, or `--check` it."""

import sys
from pathlib import Path

from appraise.api import trusted
from appraise.api.reference import reference
from appraise.api.schema import GRAPHQL_SCHEMA, sdl
from appraise.api.subgraph import subgraph_sdl

FILE = Path("schema/appraise.graphql")
SUBGRAPH = Path("schema/subgraph.graphql")
PLAIN_SUBGRAPH = Path("schema/subgraph-plain.graphql")
OPERATIONS = Path("schema/operations")
REFERENCE = Path("docs/api/reference.md")
MANIFEST = Path("src/appraise/api") / trusted.MANIFEST


def main(arguments: list[str]) -> int:
    """0 where the files are what schema and operations say, 1 where `--check` found a difference."""
    operations = [path.read_text(encoding="utf-8") for path in sorted(OPERATIONS.glob("*.graphql"))]
    wanted = {
        FILE: sdl(),
        SUBGRAPH: subgraph_sdl(),
        PLAIN_SUBGRAPH: subgraph_sdl(with_scopes=False),
        REFERENCE: reference(GRAPHQL_SCHEMA),
        MANIFEST: trusted.manifest(operations),
    }
    if "--check" not in arguments:
        for file, text in wanted.items():
            file.write_text(text, encoding="utf-8")
        return 0
    stale = [file for file, text in wanted.items() if not file.exists() or file.read_text(encoding="utf-8") != text]
    for file in stale:
        sys.stderr.write(f"{file} is not what the code says; run `make schema` and look at the difference\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
