"""The house keeps its own rules: order of rooms, lazy doors, documented names."""

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "opsonin"
ROOMS = sorted(p for p in SOURCE.iterdir() if p.is_dir() and (p / "__init__.py").exists())
HEAVY = ("numpy", "scipy", "numba", "sympy", "pydantic", "matplotlib", "jinja2", "rich", "yaml", "pint")


def test_rooms_are_imported_in_order_and_without_rings():
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "3 kept, 0 broken" in run.stdout


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from opsonin.cli.commands import opsonin; "
        "opsonin.main(['--help'], standalone_mode=False); "
        f"print('HEAVY', [m for m in {HEAVY!r} if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "HEAVY []" in run.stdout, run.stdout


def test_knowing_and_allowing_need_no_array_library():
    code = (
        "import sys; import opsonin.safety, opsonin.regimen, opsonin.patient; "
        "from opsonin.knowledge import load_knowledge; load_knowledge(); "
        "print('HEAVY', [m for m in ('numpy', 'scipy', 'numba', 'sympy') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "HEAVY []" in run.stdout, run.stdout


@pytest.mark.parametrize("room", ROOMS, ids=lambda p: p.name)
def test_a_room_says_its_question_what_it_takes_and_gives(room):
    docstring = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))
    assert docstring is not None
    assert "?" in docstring.splitlines()[0], "first line: the question this room answers"
    for word in ("Takes:", "Gives:", "May import:"):
        assert word in docstring, f"{room.name}: the room's docstring lacks '{word}'"


def _exported():
    for room in ROOMS:
        module = importlib.import_module(f"opsonin.{room.name}")
        for name in getattr(module, "__all__", ()):
            yield pytest.param(getattr(module, name), id=f"{room.name}.{name}")


@pytest.mark.parametrize("thing", list(_exported()))
def test_what_a_room_exports_says_what_it_is(thing):
    if inspect.isfunction(thing) or inspect.isclass(thing):
        written = inspect.getdoc(thing) or ""
        assert written and not written.startswith(f"{thing.__name__}("), "write a docstring"


def test_no_junk_drawers():
    banned = {"utils", "helpers", "common", "core", "misc", "manager"}
    assert not [p for p in SOURCE.rglob("*.py") if p.stem in banned]


def test_top_level_names_resolve_and_are_few():
    import opsonin

    for name in opsonin.__all__:
        assert getattr(opsonin, name) is not None
    assert len(opsonin.__all__) <= 40
    with pytest.raises(AttributeError, match="no attribute 'nothing_such'"):
        opsonin.nothing_such  # noqa: B018


def _numbers_in(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
            yield node.lineno, node.value


# Pure arithmetic, not physiology: identities, squares, the fourths of a four-stage chain, unit and percent factors.
ARITHMETIC = {-1, 0, 1, 2, 3, 4, 100, 1000}


@pytest.mark.parametrize(
    "path", sorted((SOURCE / "mechanism").rglob("*.py")), ids=lambda p: f"{p.parent.name}/{p.name}"
)
def test_no_number_of_physiology_stands_in_a_mechanism(path):
    odd = [(line, value) for line, value in _numbers_in(path) if value not in ARITHMETIC]
    assert not odd, f"{path.name}: numbers belong on the shelf with their source: {odd}"
