"""What of a plan goes into the record when it is issued?

What was ordered and on which grounds: who it is for, the first course with its standing and findings, what was not
known and not used, what made it; and the SHA-256 of the whole plan, canonical as in RFC 8785. The forecast and the
alternatives follow from these by running the same version again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from opsonin.patient.event import Event
from opsonin.record.chain import digest

_GROUNDS = (
    "schema", "patient", "goal", "circumstances", "weight", "findings", "not_known", "not_used", "stamp",
    "safety_frame",
)  # fmt: skip
_SHELF = ("facts", "sources")  # what the stamp's knowledge version already says


def issued(plan: Mapping[str, Any], *, case: str, who: str, at: datetime, case_sha256: str = "") -> Event:
    """The event that says this plan was issued; `plan` as `opsonin plan --json` prints it."""
    sha256 = digest(plan)
    content: dict[str, Any] = {"sha256": sha256, "case_sha256": case_sha256 or None}
    candidates = plan.get("candidates") or []
    if "candidates" in plan:
        content |= {name: plan[name] for name in _GROUNDS if name in plan}
    else:  # one course and no alternatives: all of it
        content |= {name: value for name, value in plan.items() if name not in _SHELF}
    if candidates:
        content["first"] = {name: value for name, value in candidates[0].items() if name != "forecast"}
        content["also_offered"] = [one["regimen"].get("id") for one in candidates[1:] if "regimen" in one]
    return Event(
        kind="plan",
        at=at,
        who=who,
        source="opsonin plan",
        place="",
        case=case,
        says=_in_words(candidates) if "candidates" in plan else str(plan.get("says") or "A course was planned."),
        plan=content,
    )


def _in_words(candidates: list[Any]) -> str:
    if not candidates:
        return "Nothing can be offered."
    first = candidates[0].get("regimen", {})
    product = first.get("product", {}).get("brand", "")
    return f"{product} {first.get('id', '')}, {first.get('total_g', '?')} g in all.".strip()
