"""To which step is this rounded, and which way? Exact decimals only."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal


def _round(value: Decimal, step: Decimal, how: str) -> Decimal:
    if step <= 0:
        raise ValueError(f"a rounding step must be positive, got {step}")
    return (value / step).quantize(Decimal(1), rounding=how) * step


def round_down(value: Decimal, step: Decimal) -> Decimal:
    """The largest multiple of `step` that is not above `value`.

    >>> round_down(Decimal("34.9"), Decimal("1"))
    Decimal('34')
    """
    return _round(value, step, ROUND_FLOOR)


def round_up(value: Decimal, step: Decimal) -> Decimal:
    """The smallest multiple of `step` that is not below `value`.

    >>> round_up(Decimal("34.1"), Decimal("0.5"))
    Decimal('34.5')
    """
    return _round(value, step, ROUND_CEILING)


def round_half_up(value: Decimal, step: Decimal) -> Decimal:
    """The nearest multiple of `step`; halves go up, as pharmacies round by hand.

    >>> round_half_up(Decimal("72.5"), Decimal("5"))
    Decimal('75')
    """
    return _round(value, step, ROUND_HALF_UP)
