"""exp, log and power without branches or library calls, so that the compiler can run them in all lanes at once.

Relative error: exponential and logarithm about 2e-16; power about |exponent * log(base)| * 2e-16.
"""
# mypy: disable-error-code="no-untyped-def, union-attr, attr-defined, assignment"

from __future__ import annotations

import numpy as np

from opsonin.simulate.kernel.example import compiled

# --- kernel ---


@compiled
def larger(a, b):
    """max(a, b); NaN in a stays."""
    return b if b > a else a


@compiled
def smaller(a, b):
    """min(a, b); NaN in a stays."""
    return b if b < a else a


@compiled
def exponential(x):
    """e**x by splitting off powers of two; 0 below -708, infinity above 709.7."""
    inside = smaller(larger(x, -708.0), 709.7)
    shifted = inside * 1.4426950408889634 + 6755399441055744.0
    whole = shifted - 6755399441055744.0
    r = inside - whole * 6.93145751953125e-1 - whole * 1.42860682030941723212e-6
    rr = r * r
    p = r * ((1.26177193074810590878e-4 * rr + 3.02994407707441961300e-2) * rr + 9.99999999999999999910e-1)
    q = ((3.00198505138664455042e-6 * rr + 2.52448340349684104192e-3) * rr + 2.27265548208155028766e-1) * rr + 2.0
    mantissa = 1.0 + 2.0 * p / (q - p)
    scale = np.int64((np.float64(shifted).view(np.int64) + 1023) << 52)
    value = mantissa * scale.view(np.float64)
    value = 0.0 if x < -708.0 else value
    return np.inf if x > 709.7 else value


@compiled
def logarithm(x):
    """Natural logarithm by splitting off the exponent; NaN below 0, minus infinity at 0."""
    bits = np.float64(x).view(np.int64)
    raw = np.int64((bits >> 52) | 0x4330000000000000)
    fraction = np.int64((bits & 0x000FFFFFFFFFFFFF) | 0x3FE0000000000000)
    m = fraction.view(np.float64)
    e = raw.view(np.float64) - 4503599627370496.0 - 1022.0
    low = m < 0.70710678118654752440
    e = e - 1.0 if low else e
    f = (m + m if low else m) - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    t1 = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1))
    t2 = w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1))
    t2 = z * (6.666666666666735130e-1 + t2)
    half = 0.5 * f * f
    value = e * 6.93147180369123816490e-1 - ((half - (s * (half + t1 + t2) + e * 1.90821492927058770002e-10)) - f)
    value = -np.inf if x == 0.0 else value
    value = np.nan if x < 0.0 else value
    return value if x < np.inf else x


@compiled
def power(base, exponent):
    """base**exponent for base >= 0; NaN for a negative base."""
    value = exponential(exponent * logarithm(base))
    return 1.0 if exponent == 0.0 else value
