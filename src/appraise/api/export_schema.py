"""`python -m appraise.api.export_schema`: write the SDL to `schema/appraise.graphql`, or `--check` that it is fresh."""

import sys
from pathlib import Path

from appraise.api.schema import sdl

FILE = Path("schema/appraise.graphql")


def main(arguments: list[str]) -> int:
    """0 where the file is what the schema says, 1 where `--check` found a difference."""
    text = sdl()
    if "--check" not in arguments:
        FILE.write_text(text, encoding="utf-8")
        return 0
    if FILE.exists() and FILE.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{FILE} is not what the code says; run `make schema` and look at the difference\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
