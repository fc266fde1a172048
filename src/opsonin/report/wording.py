"""In which words? Numbers, times, doses and verdicts as a ward reads them: units spelled, no trailing zeros."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from opsonin.knowledge import Fact, Product
from opsonin.knowledge.knowledge import DoseSchedule
from opsonin.planning.plan import Interval
from opsonin.quantities import round_up, show
from opsonin.regimen.regimen import DailyDose, Regimen
from opsonin.safety.finding import Standing

MARK_LEGEND = {
    "†": "second-hand or not yet verified: read in a transcription, or nobody has checked it against the work itself",
    "‡": "recalled or assumed: no text was open, or the value was chosen with a reason",
}
SEVERITY_WORDS = {
    "absolute": "must not be given",
    "conditional": "settle before giving",
    "advisory": "take note",
}
STANDING_WORDS = {
    "on-label": "on label",
    "off-label-supported": "off label, supported by a guideline",
    "not-supported": "not supported",
    "excluded": "excluded",
}
TOPIC_WORDS = {
    "premedication": "Premedication",
    "hydration": "Hydration",
    "before": "Before the infusion",
    "during": "During the infusion",
    "supervision": "Rules of the bedside",
    "stop": "Stop, slow or restart",
    "reaction": "If there is a reaction",
    "after": "After the infusion",
    "delayed": "Delayed effects",
    "haemolysis": "Haemolysis checks",
    "vaccines": "Vaccines",
    "record": "What to record",
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def mark_of(facts: Iterable[Fact]) -> str:
    """The mark of the least certain of these facts: '' verified, † second-hand or unverified, ‡ recalled or assumed."""
    marks = {fact.mark for fact in facts}
    return "‡" if "‡" in marks else "†" if "†" in marks else ""


def cite(numbers: Sequence[int]) -> str:
    """Reference numbers in square brackets; '' when there are none."""
    return f"[{', '.join(str(number) for number in numbers)}]" if numbers else ""


def sentence(text: str) -> str:
    """The text with a capital first letter and a full stop."""
    text = text.strip()
    if not text:
        return ""
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?:…" else text + "."


def joined(items: Sequence[str], last: str = "and") -> str:
    """'a, b and c'."""
    items = list(items)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def percent(share: float) -> str:
    """A share in whole percent; never 0 or 100 unless it is exactly that."""
    if 0 < share < 0.01:
        return "under 1 %"
    if 0.99 < share < 1:
        return "over 99 %"
    return f"{round(100 * share)} %"


def count(value: float) -> str:
    """A simulated count to two significant figures, or whole below ten."""
    if value < 100:
        return str(round(value))
    return str(int(round(value / 10) * 10))


def a_day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def weekday(day: date) -> str:
    return f"{_WEEKDAYS[day.weekday()]} {a_day(day)}"


def clock(moment: datetime) -> str:
    return f"{moment.hour:02d}:{moment.minute:02d}"


def hours_and_minutes(minutes: Decimal) -> str:
    """'5 h 40 min', rounded up to a whole minute so that nobody is booked too short."""
    whole = int(round_up(minutes, Decimal(1)))
    hours, rest = divmod(whole, 60)
    return f"{hours} h {rest} min" if hours and rest else f"{hours} h" if hours else f"{rest} min"


def days(value: float) -> str:
    text = f"{value:.1f}".removesuffix(".0")
    return f"{text} day" if text == "1" else f"{text} days"


def interval(value: Interval, horizon: int) -> str:
    """'4 days (half of people: 3 to 6 days)'; a quantile beyond the horizon says so."""
    beyond = f"beyond day {horizon}"
    middle = days(value.median) if value.median is not None else beyond
    if value.low_50 is None:
        return f"{middle} (half of people: {beyond})"
    low = days(value.low_50).split()[0]
    return f"{middle} (half of people: {low} to {days(value.high_50) if value.high_50 is not None else beyond})"


def product(value: Product) -> str:
    """Brand and strength: 'Privigen 100 mg/mL (10 %)'; a strength in the brand name is not said twice."""
    if value.family == "atg":
        return f"{value.brand}, {show(value.concentration_mg_per_ml)} mg/mL"
    per_cent = f"{show(value.concentration_mg_per_ml / 10)} %"
    tail = "" if per_cent in value.brand.replace("%", " %").replace("  ", " ") else f" ({per_cent})"
    return f"{value.brand}, {show(value.concentration_mg_per_ml)} mg/mL{tail}"


def schedule(value: DoseSchedule) -> str:
    """'1 g/kg per day for 2 days', or '1 g/kg once'."""
    dose = f"{show(value.g_per_kg_per_day)} g/kg"
    return f"{dose} once" if value.days == 1 else f"{dose} per day for {value.days} days"


def schedule_short(value: DoseSchedule) -> str:
    """'1 g/kg × 2 days', for a narrow cell."""
    days_ = "once" if value.days == 1 else f"× {value.days} days"
    return f"{show(value.g_per_kg_per_day)} g/kg {days_}"


def in_lines(vials: str, per_line: int = 2) -> str:
    """'4 × 30 g + 2 × 2.5 g + 4 × 1 g' with so many sizes on each line."""
    sizes = vials.split(" + ")
    lines = [" + ".join(sizes[start : start + per_line]) for start in range(0, len(sizes), per_line)]
    return "\n+ ".join(lines)


def standing(value: Standing) -> str:
    words = STANDING_WORDS[value.kind]
    return f"{words}: {value.excluded_because}" if value.excluded_because else words


def vials_of(dose: DailyDose) -> str:
    return " + ".join(f"{vials.count} × {show(vials.size_g)} g" for vials in dose.vials)


def vials_of_course(regimen: Regimen) -> str:
    """The vials of the whole course, largest first."""
    totals: dict[Decimal, int] = {}
    for infusion in regimen.infusions:
        for vials in infusion.dose.vials:
            totals[vials.size_g] = totals.get(vials.size_g, 0) + vials.count
    return " + ".join(f"{totals[size]} × {show(size)} g" for size in sorted(totals, reverse=True))


def course(regimen: Regimen) -> str:
    """'Privigen, 1 g/kg per day for 2 days'."""
    return f"{regimen.product.brand}, {schedule(regimen.schedule)}"


def statement(fact: Fact) -> str:
    """What a pack's statement says: its text where the value is text, else its description."""
    return fact.value if isinstance(fact.value, str) and fact.value else fact.says


def typeset(written: str) -> str:
    """An amount as it was typed, with the unit of a count as it is printed.

    >>> typeset("14 x10^9/L"), typeset("<5 10^9/L"), typeset("14000 /uL")
    ('14 ×10⁹/L', '<5 ×10⁹/L', '14000 /uL')
    """
    return re.sub(r"\s*x?10[\^*]9/L", " ×10⁹/L", written)
