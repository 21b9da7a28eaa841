"""The house keeps its plan: imports run downwards, point at the defining file, and torch stays in its rooms."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONGEST = 320  # lines of a file

LEVELS = {
    **dict.fromkeys(("errors", "__version__"), -1),  # below everything
    **dict.fromkeys(("config", "resources", "machine"), 0),
    **dict.fromkeys(("text", "attention", "alignment"), 1),
    **dict.fromkeys(("bundle", "data", "models"), 2),
    **dict.fromkeys(("training", "decoding", "evaluation", "pictures", "export"), 3),
    "serving": 4,
    "stages": 5,
    "cli": 6,
    "__main__": 7,
}
NOT_YET = {"export", "serving", "__version__"}

LAZY = {
    "nmt.__getattr__": "PEP 562: Translator is loaded when it is asked for",
    "nmt.decoding.translator.Translator.load": "the engine is chosen there; the rest of the file is torch-free",
}
READS_CONFIG = {
    "nmt.bundle": "reads and writes the whole experiment",
    "nmt.decoding.translator": "options_of turns the decoding section into the engine's options",
    "nmt.models.load": "hands the model section on to build.py",
}
TORCH_FREE = ("config", "text", "alignment", "evaluation", "pictures")
TORCH_FREE_FILES = (
    "nmt",
    "nmt.errors",
    "nmt.resources",
    "nmt.machine",
    "nmt.bundle",
    "nmt.models.header",
    "nmt.models.parts",
    "nmt.decoding.engine",
    "nmt.decoding.translator",
    "nmt.stages.info",
    "nmt.stages.doctor",
    "nmt.stages.forecast",
    "nmt.cli.main",
)


@dataclass(frozen=True)
class Import:
    """One imported name: the module it is taken from, and the function, if any, that waits to import it."""

    target: str
    name: str | None
    line: int
    function: str
    for_types: bool


class Module:
    """One file of nmt, parsed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        parts = path.relative_to(ROOT).with_suffix("").parts
        self.is_package = parts[-1] == "__init__"
        self.name = ".".join(parts[:-1] if self.is_package else parts)
        self.text = path.read_text(encoding="utf-8")
        self.tree = ast.parse(self.text)

    @property
    def room(self) -> str:
        """The package or file right under nmt, or "" for nmt itself."""
        return self.name.partition(".")[2].partition(".")[0]

    def imports(self) -> list[Import]:
        """What it imports of nmt."""
        return list(_imports(self.tree, "", False))

    def definitions(self) -> set[str]:
        """The names that it defines itself at its top."""
        return {name for node in self.tree.body for name in _defined(node)}


def _imports(node: ast.AST, function: str, for_types: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.ImportFrom(module=str(source), level=0) if source.split(".")[0] == "nmt":
                for alias in child.names:
                    inner = f"{source}.{alias.name}"
                    whole = _path(inner) is not None
                    name = None if whole else alias.name
                    yield Import(inner if whole else source, name, child.lineno, function, for_types)
            case ast.ImportFrom(level=level) if level:
                yield Import("relative import", None, child.lineno, function, for_types)
            case ast.Import():
                for alias in child.names:
                    if alias.name.split(".")[0] == "nmt":
                        yield Import(alias.name, None, child.lineno, function, for_types)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                where = f"{function}.{child.name}" if function else child.name
                yield from _imports(child, where, for_types)
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                yield from _imports(child, function, True)
            case _:
                yield from _imports(child, function, for_types)


def _defined(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign() | ast.AnnAssign():
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                yield from (one.id for one in ast.walk(target) if isinstance(one, ast.Name))


def _path(name: str) -> Path | None:
    base = ROOT.joinpath(*name.split("."))
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)


@cache
def modules() -> dict[str, Module]:
    """Every file of nmt by its module's name."""
    found = [Module(path) for path in sorted((ROOT / "nmt").rglob("*.py"))]
    return {module.name: module for module in found}


def room(target: str) -> str:
    return target.partition(".")[2].partition(".")[0]


def every_import() -> Iterator[tuple[Module, Import, str]]:
    """Module, import, and where it stands, for the message."""
    for module in modules().values():
        for one in module.imports():
            yield module, one, f"{module.path.relative_to(ROOT)}:{one.line} imports {one.target}"


def test_the_tests_below_see_every_file_and_every_import():
    assert len(modules()) == len(list((ROOT / "nmt").rglob("*.py"))) > 100
    assert sum(1 for _ in every_import()) > 300
    rooms = {module.room for module in modules().values()} - {""}
    assert rooms == LEVELS.keys() - NOT_YET


def test_imports_run_downwards_and_packages_of_one_level_are_strangers():
    wrong = []
    for module, one, where in every_import():
        target = room(one.target) or (one.name if one.name == "__version__" else "")
        if one.for_types or module.name == "nmt" or target == module.room:
            continue
        if LEVELS.get(target, 99) >= LEVELS[module.room]:
            wrong.append(where)
    assert wrong == []


def test_imports_name_the_file_that_defines_the_name():
    wrong = []
    for _, one, where in every_import():
        target = modules().get(one.target)
        if target is None or (one.name is not None and one.name not in target.definitions()):
            wrong.append(f"{where}: {one.name}")
    assert wrong == []


def test_no_package_exports_anything_again():
    packages = [module for module in modules().values() if module.is_package and module.name != "nmt"]
    assert len(packages) > 10
    assert [module.name for module in packages if module.text.strip()] == []
    assert modules()["nmt"].text.count("import") < 8


def test_no_module_imports_itself_by_a_detour():
    graph = {
        module.name: {one.target for one in module.imports() if not one.function and not one.for_types}
        for module in modules().values()
    }
    assert len(list(TopologicalSorter(graph).static_order())) >= len(graph)  # raises CycleError


def test_only_commands_wait_with_an_import():
    waiting = [(module, one, where) for module, one, where in every_import() if one.function]
    assert len(waiting) > 15
    found, wrong = set(), []
    for module, one, where in waiting:
        place = f"{module.name}.{one.function}"
        if place in LAZY:
            found.add(place)
        elif module.room != "cli" or "." in one.function or one.function.startswith("_"):
            wrong.append(where)
    assert wrong == []
    assert found == LAZY.keys(), "an exception that nobody needs"


def test_only_builders_read_the_sections_of_a_config():
    wrong, found = [], set()
    for module, one, where in every_import():
        if room(one.target) != "config" or module.room in ("config", "stages", "cli"):
            continue
        if one.target in ("nmt.config.experiment", "nmt.config.reader") and module.name in READS_CONFIG:
            found.add(module.name)
        elif module.path.name != "build.py":
            found.add(module.name)
            if module.name not in READS_CONFIG:
                wrong.append(where)
    assert wrong == []
    assert found == READS_CONFIG.keys(), "an exception that nobody needs"


def test_files_are_short_and_named_by_a_concept():
    lengths = {name: module.text.count("\n") for name, module in modules().items()}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}
    assert [name for name in lengths if name.split(".")[-1] in ("utils", "helpers", "misc", "common")] == []


def test_every_file_begins_with_a_docstring():
    written = [module for module in modules().values() if module.text.strip()]
    assert len(written) > 90
    assert [module.name for module in written if not ast.get_docstring(module.tree)] == []


def test_nothing_is_pickled():
    wrong = []
    for module in modules().values():
        for node in ast.walk(module.tree):
            match node:
                case ast.Import(names=names) if {"pickle", "joblib", "dill"} & {one.name for one in names}:
                    wrong.append(module.name)
                case ast.ImportFrom(module="pickle" | "joblib" | "dill"):
                    wrong.append(module.name)
                case ast.Attribute(value=ast.Name(id="torch"), attr="load" | "save"):
                    wrong.append(module.name)
    assert wrong == []


def test_torch_stays_in_its_rooms():
    names = [name for name, module in modules().items() if module.room in TORCH_FREE]
    assert len(names) > 40
    code = "\n".join(
        [
            "import importlib, sys",
            f"for name in {[*TORCH_FREE_FILES, *names]!r}:",
            "    importlib.import_module(name)",
            "    assert 'torch' not in sys.modules, name",
        ]
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def loaded_by_help() -> set[str]:
    """The top-level names of all modules that ``nmt --help`` imports."""
    command = [sys.executable, "-X", "importtime", "-m", "nmt", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "quickstart" in done.stdout
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rsplit("|", 1)[1].strip().split(".")[0] for line in lines}


def test_help_loads_nothing_that_it_does_not_need(loaded_by_help):
    assert {"nmt", "typer"} <= loaded_by_help
    heavy = {
        "torch",
        "numpy",
        "pydantic",
        "ruamel",
        "sentencepiece",
        "rich",
        "matplotlib",
        "sacrebleu",
        "pyarrow",
    }
    assert loaded_by_help & heavy == set()
