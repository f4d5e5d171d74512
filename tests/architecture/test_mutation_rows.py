"""Every module of the statistics and the domain that mutmut can change has its row in docs/mutation.md."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "mutation.md").read_text(encoding="utf-8")


def has_a_function_to_change(module: Path) -> bool:
    """mutmut leaves alone what is decorated, and protocols, whose functions have no body."""
    return any(
        isinstance(node, ast.FunctionDef) and not node.decorator_list and not all(is_text(part) for part in node.body)
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
    )


def is_text(part: ast.AST) -> bool:
    return isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)


def test_every_module_has_its_row() -> None:
    modules = [
        path for part in ("statistics", "domain") for path in sorted((ROOT / "src" / "appraise" / part).glob("*.py"))
    ]
    without = [
        f"{path.parent.name}.{path.stem}"
        for path in modules
        if has_a_function_to_change(path) and f"| `{path.parent.name}.{path.stem}` |" not in PAGE
    ]

    assert len(modules) > 80
    assert without == []
