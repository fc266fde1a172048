"""How much is in, how much is left, until when? Exact decimals from segments of constant rate.

Every product rate × time is exact; the one division by 3600 is made last, so that it does not matter how often the rate
was set in between.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

_SECONDS_PER_HOUR = Decimal(3600)
_MICROSECONDS = Decimal(1_000_000)
ONE_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Segment:
    """The pump ran at one rate from here to there."""

    start: datetime
    end: datetime
    ml_per_h: Decimal

    @property
    def rate_seconds(self) -> Decimal:
        """Rate × time, in mL/h × s: exact."""
        return self.ml_per_h * seconds(self.end - self.start)

    @property
    def volume_ml(self) -> Decimal:
        return self.rate_seconds / _SECONDS_PER_HOUR


def seconds(time: timedelta) -> Decimal:
    """A length of time in seconds, exactly."""
    return Decimal(time // ONE_MICROSECOND) / _MICROSECONDS


def volume_ml(segments: Iterable[Segment]) -> Decimal:
    """The volume of all segments together.

    >>> nine = datetime(2026, 11, 21, 9)
    >>> volume_ml([Segment(nine, nine + timedelta(minutes=20), Decimal(42))])
    Decimal('14')
    """
    return sum((segment.rate_seconds for segment in segments), Decimal(0)) / _SECONDS_PER_HOUR


def runs_for(volume: Decimal, ml_per_h: Decimal) -> timedelta:
    """How long this volume takes at this rate, to the microsecond above."""
    return ONE_MICROSECOND * int(-(-volume * _SECONDS_PER_HOUR * _MICROSECONDS // ml_per_h))


def until(segments: tuple[Segment, ...], limit_ml: Decimal) -> datetime | None:
    """When the segments reached this volume; None when they did not."""
    before = Decimal(0)
    for segment in segments:
        if before + segment.rate_seconds >= limit_ml * _SECONDS_PER_HOUR:
            left = limit_ml - before / _SECONDS_PER_HOUR
            return segment.start + runs_for(left, segment.ml_per_h)
        before += segment.rate_seconds
    return None
