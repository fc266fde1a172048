"""What response do the counts seen so far show? The definitions for simulated series, on one observed series."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from opsonin.response import first_reaching, iwg_2009
from opsonin.response.iwg import RESPONSE
from opsonin.update.answer import ResponseSoFar
from opsonin.update.history import History, Observed

LABEL_COUNT, LABEL_DAYS = 50, 7  # the usual primary endpoint on labels: 50 or more within 7 days


def response_so_far(history: History, set_aside: Sequence[str] = ()) -> ResponseSoFar:
    """The class reached by the counts after the first infusion; `set_aside`: places of results left out."""
    seen = [one for one in history.counts() if one.place not in set_aside]
    if not seen:
        return ResponseSoFar("not yet judged", False, None, None, None, None, _label(history, None), "No count yet.")
    counts, days = series(seen)
    name, confirmed = _iwg(counts, days, history.baseline.value)
    top = int(counts[0].argmax())
    first = float(first_reaching(counts, days, threshold=LABEL_COUNT)[0])
    first_day = first if np.isfinite(first) else None
    words = f"{name.capitalize()} so far (IWG 2009, platelet criteria)"
    if name != "no response":
        words += ", confirmed" if confirmed else ", not yet confirmed on two occasions at least 7 days apart"
    words += f"; highest count {counts[0, top]:g} ×10⁹/L on day {days[top]:.1f}."
    lost = _lost_on(counts[0], days) if name != "no response" else None
    if lost is not None:
        words += f" Below {RESPONSE:g} again since day {lost:.1f}."
    return ResponseSoFar(
        name, confirmed, float(counts[0, top]), float(days[top]), first_day, lost, _label(history, first_day), words
    )


def series(seen: Sequence[Observed]) -> tuple[np.ndarray, np.ndarray]:
    """Counts as one person's row, and their days. A count below x stands as half of x."""
    return (
        np.array([[one.value / 2 if one.below else one.value for one in seen]]),
        np.array([one.day for one in seen]),
    )


def _iwg(counts: np.ndarray, days: np.ndarray, baseline: float) -> tuple[str, bool]:
    once = iwg_2009(counts, days, baseline=baseline, confirmation_days=None)
    twice = iwg_2009(counts, days, baseline=baseline)
    if once.complete_response[0]:
        return "complete response", bool(twice.complete_response[0])
    if once.response[0]:
        return "response", bool(twice.response[0])
    return "no response", False


def _lost_on(counts: np.ndarray, days: np.ndarray) -> float | None:
    """Since when all counts have been below the count of a response."""
    high = np.flatnonzero(counts >= RESPONSE)
    last = int(high[-1]) if high.size else -1
    return float(days[last + 1]) if last + 1 < counts.size else None


def _label(history: History, first_day: float | None) -> str:
    if first_day is not None and first_day <= LABEL_DAYS:
        return "yes"
    return "no" if history.today > LABEL_DAYS else "not yet"
