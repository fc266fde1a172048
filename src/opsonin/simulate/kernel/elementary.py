"""exp, log and power without branches or library calls, so that the compiler can run them in all lanes at once.

Relative error: exponential and logarithm about 2e-16; power about |exponent * log(base)| * 2e-16.
"""
# mypy: disable-error-code="no-untyped-def, union-attr, attr-defined, assignment"

from __future__ import annotations

import numpy as np

from opsonin.simulate.kernel.example import choose, compiled

# --- kernel ---


@compiled
def larger(a, b):
    """max(a, b); NaN in a stays."""
    return choose(b > a, b, a)


@compiled
def smaller(a, b):
    """min(a, b); NaN in a stays."""
    return choose(b < a, b, a)


@compiled
def exponential(x):
    """e**x by splitting off powers of two; 0 below -708.8, infinity above 709.4."""
    inside = smaller(larger(x, -709.0), 710.0)
    shifted = inside * 1.4426950408889634 + 6755399441055744.0
    whole = shifted - 6755399441055744.0
    r = inside - whole * 6.93147180369123816490e-1 - whole * 1.90821492927058770002e-10
    r2 = r * r
    r4 = r2 * r2
    a = 1 / 2 + r * (1 / 6)
    b = (1 / 24 + r * (1 / 120)) + r2 * (1 / 720 + r * (1 / 5040))
    c = (1 / 40320 + r * (1 / 362880)) + r2 * (1 / 3628800 + r * (1 / 39916800))
    mantissa = 1.0 + (r + r2 * (a + r2 * (b + r4 * (c + r4 * (1 / 479001600)))))
    scale = np.int64((np.float64(shifted).view(np.int64) + 1023) << 52)  # 0 for 2**-1023, infinite for 2**1024
    return mantissa * scale.view(np.float64)


@compiled
def logarithm(x):
    """Natural logarithm by splitting off the exponent; NaN below 0, minus infinity at 0 (and for subnormals)."""
    bits = np.float64(x).view(np.uint64) + np.uint64(0x00095F619980C433)  # so that the mantissa is near 1
    raw = np.uint64((bits >> np.uint64(52)) | np.uint64(0x4330000000000000))
    rest = np.uint64((bits & np.uint64(0x000FFFFFFFFFFFFF)) + np.uint64(0x3FE6A09E667F3BCD))
    e = raw.view(np.float64) - 4503599627371519.0
    f = rest.view(np.float64) - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * ((3.999999999940941908e-1 + w * 2.222219843214978396e-1) + (w * w) * 1.531383769920937332e-1)
    odd = (6.666666666666735130e-1 + w * 2.857142874366239149e-1) + (w * w) * (
        1.818357216161805012e-1 + w * 1.479819860511658591e-1
    )
    half = 0.5 * f * f
    low = s * (half + (even + z * odd)) + e * 1.90821492927058770002e-10
    value = e * 6.93147180369123816490e-1 - ((half - low) - f)
    special = choose(x == 0.0, -np.inf, choose(x > 0.0, x, np.nan))
    return choose((x > 0.0) & (x < np.inf), value, special)


@compiled
def logarithm_of_power(base, exponent):
    """exponent * log(base), and 0 for exponent 0: exponential of it is base**exponent."""
    return choose(exponent == 0.0, 0.0, exponent * logarithm(base))


@compiled
def power(base, exponent):
    """base**exponent for base >= 0; NaN for a negative base."""
    return exponential(logarithm_of_power(base, exponent))
