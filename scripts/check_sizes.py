"""Fail when a source file has outgrown its idea: 400 lines at most (300 is the aim), functions 40 lines."""

import ast
import subprocess
import sys
from pathlib import Path

FILE_LINES = 400
FUNCTION_LINES = 40
SUFFIXES = {".py", ".ts", ".tsx", ".css"}
GENERATED = {"web/src/protocol/messages.ts"}


def long_functions(path: Path) -> list[str]:
    """Functions of one Python file that are longer than FUNCTION_LINES, docstring not counted."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body
            if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) and len(body) > 1:
                body = body[1:]
            lines = (body[-1].end_lineno or 0) - body[0].lineno + 1
            if lines > FUNCTION_LINES:
                found.append(f"{path}:{node.lineno}: {node.name} has {lines} lines (at most {FUNCTION_LINES})")
    return found


def main() -> int:
    """Print every offence; exit 1 if there is one."""
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True).stdout.split()
    offences = []
    for name in listed:
        path = Path(name)
        if path.suffix not in SUFFIXES or name in GENERATED or not path.exists():
            continue
        lines = len(path.read_text().splitlines())
        if lines > FILE_LINES:
            offences.append(f"{name}: {lines} lines (at most {FILE_LINES})")
        if path.suffix == ".py" and not name.startswith("tests/"):
            offences += long_functions(path)
    print("\n".join(offences) or f"sizes: {len(listed)} files in bounds")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
