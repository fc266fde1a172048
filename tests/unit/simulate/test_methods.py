"""The two methods themselves: order conditions, interpolants, and that the kernel's text runs as plain Python."""

import math
from itertools import product

import numpy as np
import pytest

from opsonin.simulate.kernel import elementary, lanes, memory, rodas5p, tsit5

A = np.zeros((7, 7))
for i in range(2, 7):
    for j in range(1, i):
        A[i - 1, j - 1] = getattr(tsit5, f"A{i}{j}")
B = np.array([getattr(tsit5, f"B{j}") for j in range(1, 7)] + [0.0])
A[6] = B
ERROR = np.array([getattr(tsit5, f"E{j}") for j in range(1, 8)])
C = A.sum(axis=1)


def _trees(order):
    """Elementary weights and densities of all rooted trees of this order."""
    if order == 1:
        return [(np.ones(7), 1)]
    found = []

    def forests(left, largest):
        if left == 0:
            yield []
            return
        for size in range(min(left, largest), 0, -1):
            for index in range(len(_trees(size))):
                for rest in forests(left - size, size):
                    if not rest or rest[0] <= (size, index):
                        yield [(size, index), *rest]

    for forest in forests(order - 1, order - 1):
        weight, density = np.ones(7), order
        for size, index in forest:
            inner, own = _trees(size)[index]
            weight, density = weight * (A @ inner), density * own
        found.append((weight, density))
    return found


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
def test_tsit5_satisfies_every_order_condition(order):
    trees = _trees(order)
    assert len(trees) == {1: 1, 2: 1, 3: 2, 4: 4, 5: 9}[order]
    for weight, density in trees:
        assert abs(B @ weight - 1 / density) <= 2e-14


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_tsit5_error_estimate_is_of_fourth_order(order):
    for weight, _ in _trees(order):
        assert abs(ERROR @ weight) <= 2e-13


def _inside(method, m, theta):
    """The state of lane 0 at fractions theta of its step, by the kernel's own polynomial."""
    method.describe(m, 0, 0)
    return np.polynomial.polynomial.polyval(theta, m[memory.COURSE : memory.COURSE + 5])


def _weights(theta):
    """The interpolant's weights, by running the kernel's own function on unit slopes."""
    weights = []
    for stage in range(7):
        m = np.zeros(memory.MEMORY_SIZE)
        m[memory.USED] = 1.0
        m[memory.F if stage == 6 else memory.K + stage * memory.ROW] = 1.0
        weights.append(_inside(tsit5, m, theta))
    return np.array(weights)


@pytest.mark.parametrize(("order", "theta"), list(product([1, 2, 3, 4], [0.1, 0.37, 0.8, 1.0])))
def test_tsit5_interpolant_is_of_fourth_order(order, theta):
    for weight, density in _trees(order):
        assert abs(_weights(theta) @ weight - theta**order / density) <= 2e-13


def _rodas_step(h, rate, y0, push):
    """One step of the kernel's own text on y' = push - rate y, in plain Python: result, estimated error, inside."""
    m = np.zeros(memory.MEMORY_SIZE)
    for row, value in (("Y", y0), ("STEP", h), ("STOP", np.inf), ("C", rate), ("U", push)):
        begin = getattr(memory, row)
        m[begin : begin + memory.LANES] = value
    lanes.limit_steps(m, 1)
    rodas5p.attempt(m, 1)
    return m[memory.STAGE], rodas5p.estimate(m, 0), _inside(rodas5p, m, np.linspace(0, 1, 32))


def test_rodas5p_converges_with_its_orders():
    """Errors of result, estimate and interpolant fall as h^6, h^5 and h^5 per step."""
    errors = []
    for h in (0.4, 0.2):
        new, estimate, inside = _rodas_step(h, 1.3, 2.0, 0.7)
        exact = 0.7 / 1.3 + (2.0 - 0.7 / 1.3) * np.exp(-1.3 * h * np.linspace(0, 1, 32))
        errors.append((abs(new - exact[-1]), abs(estimate), np.max(np.abs(inside - exact))))
    observed = [math.log2(errors[0][i] / errors[1][i]) for i in range(3)]
    assert observed[0] >= 5.6
    assert observed[1] >= 4.6
    assert observed[2] >= 4.6


def test_rodas5p_is_l_stable():
    new, _, _ = _rodas_step(1.0, 1e9, 1.0, 0.0)
    assert abs(new) <= 1e-6


def test_vector_functions_are_as_good_as_the_library():
    """Relative error of the polynomial exp, log and power against the mathematical library's."""
    rng = np.random.default_rng(0)
    x = np.float64(rng.uniform(-600, 600, 4000))
    assert max(abs(float(elementary.exponential(v)) / math.exp(v) - 1) for v in x) <= 4e-16
    x = np.exp(rng.uniform(-600, 600, 4000))
    assert max(abs(float(elementary.logarithm(v)) - math.log(v)) / max(1, abs(math.log(v))) for v in x) <= 4e-16
    pairs = zip(np.exp(rng.uniform(-9, 9, 4000)), rng.uniform(-3, 3, 4000), strict=True)
    assert max(abs(float(elementary.power(a, b)) / a**b - 1) for a, b in pairs) <= 8e-15


def test_vector_functions_at_the_edges():
    assert elementary.exponential(np.float64(-800.0)) == 0.0
    assert elementary.exponential(np.float64(800.0)) == np.inf
    assert math.isnan(elementary.exponential(np.float64(np.nan)))
    assert elementary.logarithm(np.float64(0.0)) == -np.inf
    assert math.isnan(elementary.logarithm(np.float64(-1.0)))
    assert elementary.logarithm(np.float64(np.inf)) == np.inf
    assert elementary.power(np.float64(0.0), np.float64(0.5)) == 0.0
    with np.errstate(invalid="ignore"):
        assert elementary.power(np.float64(0.0), np.float64(0.0)) == 1.0
        assert math.isnan(elementary.power(np.float64(-1.0), np.float64(0.5)))
