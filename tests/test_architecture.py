"""The shape of the house: imports run one way, pure code is pure, files and functions stay small.

model errors clock config roster  <-  parse rules  <-  files store notify verify watch
                                  <-  pipeline  <-  daemon replay  <-  cli and other entries
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("architecture")  # what they look at is made once

SOURCE = Path(__file__).parents[1] / "src" / "rollcall"
ENTRY_POINTS = 5
LAYERS = {
    "model": 0,
    "errors": 0,
    "clock": 0,
    "config": 0,
    "hours": 0,
    "roster": 0,
    "parse": 1,
    "rules": 1,
    "pipeline": 3,
    "wiring": 4,
    "worker": 4,
    "daemon": 4,
    "replay": 4,
    "demo": 4,
    "cli": ENTRY_POINTS,
    "__main__": ENTRY_POINTS,
    "web": ENTRY_POINTS,
    "mcp": ENTRY_POINTS,
}
EDGE = 2  # every module without a layer of its own touches the world: files, store, notify, watch …
BOUNDARY = "boundary"  # the one module that may catch everything

PURE = ("parse", "rules")
PURE_MAY_IMPORT = {"model", "errors", "hours", "roster"}  # and its own package
IMPURE_LIBRARY = {
    "asyncio",
    "ctypes",
    "fcntl",
    "fileinput",
    "glob",
    "http",
    "io",
    "logging",
    "multiprocessing",
    "os",
    "random",
    "secrets",
    "select",
    "shutil",
    "signal",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "sys",
    "tempfile",
    "threading",
    "time",
    "urllib.request",
    "uuid",
}
PURE_LIBRARIES = {"yaml"}  # third-party parsers of text that touch nothing
PURE_PATHS = {"PurePath", "PurePosixPath", "PureWindowsPath"}
IMPURE_CALLS = {"open", "print", "input", "exec", "eval", "compile"}


PATHS = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(SOURCE.rglob("*.py"))
}
MODULES = [module for module in PATHS if module != "__init__"]


@cache
def trees() -> Mapping[str, ast.Module]:
    """Map each module's dotted name below ``rollcall`` to its syntax tree."""
    return {
        module: ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        for module, path in PATHS.items()
    }


def imports(tree: ast.Module) -> Iterator[tuple[str, str, int]]:
    """Yield each imported module, the name taken from it or "", and the line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, "", node.lineno
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            for alias in node.names:
                yield node.module or "", alias.name, node.lineno


def own_imports(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield each module of ours that is imported, without the ``rollcall.`` before it."""
    known = trees()
    for module, name, line in imports(tree):
        if module == "rollcall" or module.startswith("rollcall."):
            inner = module.removeprefix("rollcall").removeprefix(".")
            deeper = f"{inner}.{name}".removeprefix(".")
            yield (deeper if deeper in known else inner), line


def layer(module: str) -> int:
    return LAYERS.get(module.partition(".")[0], EDGE)


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_one_way(module: str) -> None:
    upward = [
        f"line {line}: {imported}"
        for imported, line in own_imports(trees()[module])
        if imported and layer(imported) > layer(module)
    ]
    assert upward == []


def test_no_module_imports_itself_in_a_circle() -> None:
    edges = {
        module: {imported for imported, _ in own_imports(tree)} - {module}
        for module, tree in trees().items()
    }
    finished: set[str] = set()

    def visit(module: str, above: tuple[str, ...]) -> None:
        assert module not in above, " -> ".join((*above[above.index(module) :], module))
        if module not in finished:
            for imported in sorted(edges.get(module, ())):
                visit(imported, (*above, module))
            finished.add(module)

    for module in edges:
        visit(module, ())


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith(PURE)])
def test_parsing_and_judging_touch_nothing(module: str) -> None:
    tree = trees()[module]
    bad = [
        f"line {line}: import {imported} {name}".rstrip()
        for imported, name, line in imports(tree)
        if not is_pure(imported, name, module.partition(".")[0])
    ]
    bad += [
        f"line {node.lineno}: {node.func.id}()"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in IMPURE_CALLS
    ]
    assert bad == []


def is_pure(imported: str, name: str, package: str) -> bool:
    top = imported.partition(".")[0]
    if top == "rollcall":
        inner = imported.removeprefix("rollcall").removeprefix(".") or name
        return inner.partition(".")[0] in {package, *PURE_MAY_IMPORT}
    if top == "pathlib":
        return name in PURE_PATHS
    if imported == "urllib.parse" or top in PURE_LIBRARIES:
        return True
    return (
        top in sys.stdlib_module_names
        and top not in IMPURE_LIBRARY
        and imported not in IMPURE_LIBRARY
    )


@pytest.mark.parametrize("module", MODULES)
def test_a_function_has_at_most_50_lines(module: str) -> None:
    long = [
        f"{node.name}: {length}"
        for node in ast.walk(trees()[module])
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > 50
    ]
    assert long == []


def test_a_file_has_at_most_400_lines() -> None:
    files = [*SOURCE.rglob("*.py"), *Path(__file__).parent.rglob("*.py")]
    lengths = {
        str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sorted(files)
    }
    assert {path: length for path, length in lengths.items() if length > 400} == {}


def test_no_file_is_named_after_nothing() -> None:
    vague = {"utils", "util", "helpers", "helper", "misc", "common", "tools"}
    assert [path for path in SOURCE.rglob("*") if path.stem in vague] == []


def test_only_the_boundary_catches_everything() -> None:
    broad = [
        f"{module}:{node.lineno}"
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.ExceptHandler) and swallows_everything(node))
        or (isinstance(node, ast.Call) and suppresses_everything(node))
    ]
    assert [place for place in broad if place.partition(":")[0] != BOUNDARY] == []


def swallows_everything(handler: ast.ExceptHandler) -> bool:
    """Tell whether a handler takes any error and lets it end there; tidying up and raising is fine."""
    raises_again = isinstance(last := handler.body[-1], ast.Raise) and last.exc is None
    return catches_everything(handler.type) and not raises_again


def catches_everything(caught: ast.expr | None) -> bool:
    if caught is None:
        return True
    named = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(
        isinstance(name, ast.Name) and name.id in {"Exception", "BaseException"} for name in named
    )


def suppresses_everything(call: ast.Call) -> bool:
    called = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    called = call.func.id if isinstance(call.func, ast.Name) else called
    return called == "suppress" and any(catches_everything(name) for name in call.args)


def test_only_the_clock_asks_for_the_time() -> None:
    asking = {
        module
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr)
        in {
            ("datetime", "now"),
            ("datetime", "utcnow"),
            ("date", "today"),
            ("time", "time"),
            ("time", "monotonic"),
            ("time", "sleep"),
        }
    }
    assert asking <= {"clock"}


def test_only_the_store_speaks_sql() -> None:
    """A ``Session`` is handed around as the transaction that it is; statements are the store's."""
    speaking = [
        f"{module}:{line}: {imported} {name}"
        for module, tree in trees().items()
        for imported, name, line in imports(tree)
        if imported.partition(".")[0] in {"sqlite3", "sqlalchemy", "sqlmodel"}
        if name != "Session" and module.partition(".")[0] != "store"
    ]
    assert speaking == []
