"""What makes the engine fast: the lanes really are vector instructions. Looks at the machine code."""

import platform
import re

import pytest

from opsonin.simulate import Model, exp, maximum, power
from opsonin.simulate.cache import load_kernel
from opsonin.simulate.kernel_source import kernel_source
from opsonin.simulate.symbols import trace

MODEL = Model(
    name="something of everything",
    time_unit="d",
    states={"a": "1", "b": "1", "c": "1"},
    parameters={"k": "1", "g": "1", "s": "1"},
    inputs={"a": "1/d"},
    equations=lambda y, p, u: {
        "a": u.a - p.k * y.a / (p.s + y.a) - exp(-p.g * y.b) * y.a,
        "b": power(y.a, p.g) - y.b * maximum(y.c - p.s, 0),
        "c": p.k * (y.b - y.c),
    },
)


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="reads x86 assembly")
@pytest.mark.parametrize("method", ["tsit5", "rodas5p"])
def test_slopes_stages_and_error_are_vector_code(method, tmp_path, monkeypatch):
    monkeypatch.setenv("OPSONIN_CACHE_DIR", str(tmp_path))
    kernel = load_kernel(f"assembly_{method}", lambda: kernel_source(trace(MODEL), method))
    from numba import float64, int64

    vector, matrix, cube = float64[::1], float64[:, ::1], float64[:, :, ::1]
    whole, wholes = int64[::1], int64[:, ::1]
    signature = (*[int64] * 4, float64, *[matrix] * 5, wholes, whole, whole)
    signature += (float64, vector, float64, int64, int64, cube, wholes, matrix, vector)
    kernel.run.compile(signature)
    assembly = next(iter(kernel.run.inspect_asm().values()))
    # others are part of these: `judge` and `advance` of `integrate`, `backsolve` of `attempt`
    own = ["measure"] if method == "tsit5" else ["factorise"]
    for function in ["fill_slopes", "attempt", "integrate", *own]:
        body = _body(assembly, function)
        packed = len(re.findall(r"\bv?(?:add|sub|mul|div|fn?m(?:add|sub)\d*)pd\b", body))
        wide = len(re.findall(r"%[yz]mm\d", body))
        assert packed >= 10, f"{function}: only {packed} vector operations"
        assert wide >= 20, f"{function}: no wide registers"
        assert not re.search(r"call\w*\s+\*?%?\w*(exp|pow|log)\b", body), f"{function}: calls the mathematical library"


def _body(assembly, function):
    """The text of one compiled function (its mangled name holds the plain one with its length)."""
    found = re.search(rf"^_ZN\S*(?:{len(function)})?{function}\S*:$(.*?)\.size", assembly, re.S | re.M)
    assert found, f"{function} is not in the assembly: was it renamed or inlined?"
    return found.group(1)
