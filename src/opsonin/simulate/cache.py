"""Where is the compiled kernel of this model? In the user's cache directory, found by a fingerprint of its functions.

A kernel is a generated Python module in a folder named by the fingerprint; numba keeps the machine code beside it
(and checks its own version and the processor itself). Files appear by one atomic step and are never changed, so
processes may race: the first one wins, the others use its work.
"""

from __future__ import annotations

import contextlib
import dis
import hashlib
import importlib.util
import os
import sys
import tempfile
import threading
import types
import warnings
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import platformdirs

from opsonin.simulate.model import Model

_lock = threading.Lock()


def _describe(value: Any, seen: set[int]) -> Iterator[str]:
    """A stable description of anything an equation may depend on."""
    if id(value) in seen:
        return
    if isinstance(value, types.FunctionType):
        seen.add(id(value))
        yield from _describe_function(value, seen)
    elif isinstance(value, types.CodeType):
        yield from _describe_code(value)
    elif isinstance(value, types.ModuleType | types.BuiltinFunctionType | type):
        yield f"named {getattr(value, '__module__', '')}.{value.__name__}"
    elif isinstance(value, dict):
        for key in value:
            yield repr(key)
            yield from _describe(value[key], seen)
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _describe(part, seen)
        yield f"{len(value)} parts"
    elif hasattr(value, "tobytes"):
        yield f"{value.dtype} {value.shape} {hashlib.sha256(value.tobytes()).hexdigest()}"
    elif hasattr(value, "__dict__"):
        seen.add(id(value))
        yield type(value).__qualname__
        yield from _describe(dict(sorted(vars(value).items())), seen)
    else:
        yield repr(value)


def _describe_code(code: types.CodeType) -> Iterator[str]:
    yield code.co_code.hex()
    yield repr((code.co_names, code.co_varnames, code.co_freevars))
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _describe_code(constant)
        else:
            yield repr(sorted(constant, key=repr) if isinstance(constant, frozenset) else constant)


def _names(code: types.CodeType, kind: str) -> set[str]:
    """Names that a function, or a function inside it, looks up as globals (kind GLOBAL) or attributes (ATTR)."""
    found = {str(step.argval) for step in dis.get_instructions(code) if kind in step.opname or "METHOD" in step.opname}
    inner = (constant for constant in code.co_consts if isinstance(constant, types.CodeType))
    return found.union(*(_names(constant, kind) for constant in inner))


def _describe_function(function: types.FunctionType, seen: set[int]) -> Iterator[str]:
    yield from _describe_code(function.__code__)
    yield from _describe((function.__defaults__, function.__kwdefaults__), seen)
    for cell in function.__closure__ or ():
        yield from _describe(cell.cell_contents, seen)
    attributes = _names(function.__code__, "ATTR")
    for name in sorted(_names(function.__code__, "GLOBAL") & function.__globals__.keys()):
        value = function.__globals__[name]
        yield name
        if isinstance(value, types.ModuleType):
            for attribute in sorted(attributes & vars(value).keys()):
                yield from _describe(vars(value)[attribute], seen)
        elif getattr(value, "__module__", "") != "opsonin.simulate.mathematics":
            yield from _describe(value, seen)


@lru_cache(maxsize=1)
def _engine_version() -> str:
    """Hash of the engine's own text and of the versions that shape its machine code."""
    import numba
    import numpy

    digest = hashlib.sha256(f"{sys.version} {numba.__version__} {numpy.__version__}".encode())
    here = resources.files("opsonin.simulate")
    for name in ("kernel_source.py", "symbols.py", "mathematics.py", "sensitivities.py", "jacobian.py"):
        part = here.joinpath(name)
        digest.update(part.read_bytes() if part.is_file() else b"")
    for part in sorted(here.joinpath("kernel").iterdir(), key=lambda item: item.name):
        if part.name.endswith(".py"):
            digest.update(part.read_bytes())
    return digest.hexdigest()


def fingerprint(model: Model, *purpose: object) -> str:
    """What a kernel depends on, as a short hash: equations and all they reach, names, engine, versions, processor.

    >>> from opsonin.simulate import Model
    >>> say = {"name": "a", "time_unit": "d", "states": {"x": "g"}, "parameters": {"k": "1/d"}}
    >>> falling = Model(**say, equations=lambda y, p, u: {"x": -p.k * y.x})
    >>> rising = Model(**say, equations=lambda y, p, u: {"x": p.k * y.x})
    >>> fingerprint(falling) == fingerprint(rising)
    False
    """
    import llvmlite.binding as llvm

    digest = hashlib.sha256(_engine_version().encode())
    names = (tuple(model.states), tuple(model.parameters), tuple(model.inputs), purpose)
    digest.update(f"{names!r} {llvm.get_host_cpu_name()} {os.environ.get('NUMBA_CPU_NAME', '')}".encode())
    for part in _describe((model.equations, model.outputs), set()):
        digest.update(part.encode())
        digest.update(b"\0")
    return digest.hexdigest()[:24]


def cache_directory() -> Path:
    """The folder that holds kernels: OPSONIN_CACHE_DIR, else the user's cache; temporary if it cannot be written."""
    wanted = os.environ.get("OPSONIN_CACHE_DIR") or platformdirs.user_cache_dir("opsonin", appauthor=False)
    folder = Path(wanted) / "kernels"
    if _can_write(folder):
        return folder
    return _temporary_directory(str(folder))


def _can_write(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


@lru_cache(maxsize=8)
def _temporary_directory(refused: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="opsonin-kernels-"))
    warnings.warn(
        f"The cache folder {refused} cannot be written; compiled models are kept in {folder} for this process only. "
        "Set OPSONIN_CACHE_DIR to a folder you may write.",
        stacklevel=2,
    )
    return folder


def load_kernel(key: str, write_source: Callable[[], str]) -> Any:
    """The kernel module of this key; its text is generated (by write_source) only if the cache lacks it."""
    name = f"opsonin_kernel_{key}"
    with _lock:
        if name in sys.modules:
            return sys.modules[name]
        path = cache_directory() / key / f"{name}.py"
        if not path.is_file():
            _publish(path, write_source())
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise ImportError(f"cannot load the compiled model at {path}")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
        return module


def _publish(path: Path, text: str) -> None:
    """Write the file whole, or not at all; leave an existing one alone (its time stamp is part of numba's key)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    try:
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    except OSError:  # a file system without hard links
        os.replace(temporary, path)
        return
    os.unlink(temporary)
