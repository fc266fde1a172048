"""What do children weigh? The range of a published growth chart, to ask again about an unusual weight."""

from __future__ import annotations

import csv
from decimal import Decimal
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).parent / "weight_for_age.csv"


@cache
def _rows() -> tuple[tuple[Decimal, dict[str, Decimal]], ...]:
    lines = [line for line in _TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    rows = [{name: Decimal(value) for name, value in row.items()} for row in csv.DictReader(lines)]
    return tuple((row["age_months"], row) for row in rows)


def usual_weight_kg(age_years: Decimal, sex: str | None) -> tuple[Decimal, Decimal]:
    """The 3rd and 97th percentile of body weight (kg) at an age up to 20 years; the wider of both sexes when not known.

    Source: CDC growth charts 2000 (beside this file, with how it was read).

    >>> low, high = usual_weight_kg(Decimal(5), "female")
    >>> round(low, 1), round(high, 1)
    (Decimal('14.3'), Decimal('24.8'))
    """
    months, rows = age_years * 12, _rows()
    if not 0 <= months <= rows[-1][0]:
        raise ValueError(f"the growth chart ends at {rows[-1][0]} months; asked for {months}")
    above = next(i for i, (at, _) in enumerate(rows) if months <= at)
    (before, lower), (after, upper) = rows[max(above - 1, 0)], rows[above]
    share = (months - before) / (after - before) if after > before else Decimal(0)
    at = {name: lower[name] + share * (upper[name] - lower[name]) for name in lower}
    columns = {"female": ("girls",), "male": ("boys",)}.get(sex or "", ("girls", "boys"))
    return min(at[f"{one}_p3_kg"] for one in columns), max(at[f"{one}_p97_kg"] for one in columns)
