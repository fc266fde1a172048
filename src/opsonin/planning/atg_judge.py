"""Which answer do the schedule, the findings and the counts lead to, and what would change it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from opsonin.knowledge import Fact, Knowledge
from opsonin.patient import Recipient
from opsonin.planning.atg_counts import COUNTS, CountToday, at_the_end, named, plain, stale
from opsonin.planning.atg_plan import PlannedCourse
from opsonin.quantities import show
from opsonin.regimen import GlobulinInfusion


@dataclass(frozen=True)
class Answer:
    """A verdict, why, and the facts it rests on."""

    verdict: str
    why: tuple[str, ...]
    facts: tuple[Fact, ...] = ()


def judge(
    recipient: Recipient, course: PlannedCourse | None, scheduled: GlobulinInfusion | None,
    counts: tuple[CountToday, ...], rule: Fact | None, redosing: Fact | None, today: date, known: Knowledge,
) -> Answer:  # fmt: skip
    """The answer of the day, before the cumulative limit of the protocol."""
    assert course is not None
    early = _not_today(recipient, course, scheduled, today)
    if early is not None:
        return early
    absolute = [finding for finding in course.findings if finding.severity == "absolute"]
    if absolute:
        reasons = tuple(f"{finding.message} {finding.reason}" for finding in absolute)
        return Answer("withheld", reasons, tuple(fact for finding in absolute for fact in finding.facts))
    protocol = course.course.protocol
    disease, fresh = known.fact("policies/atg_counts/disease"), known.fact("policies/atg_counts/fresh")
    reads_counts = rule is not None and not protocol.cytopenia_is_the_disease
    wanted = [count for count in counts if reads_counts and count.what in COUNTS.values()]
    first = not recipient.given
    if redosing is not None and not first:
        wanted += [count for count in counts if count.what == redosing.value["count"] and count not in wanted]
    stops = any(count.zone == "stop" for count in wanted)
    old = tuple(stale(count, today) for count in wanted if not count.is_todays)
    if old and not stops:
        return Answer("withheld", old, (fresh,))
    whys: list[str] = []
    facts: list[Fact] = []
    if protocol.cytopenia_is_the_disease:
        whys.append("Low counts are the disease treated, so the halving rule is not applied; cells are transfused.")
        facts.append(disease)
    elif rule is None:
        brand = course.course.product.brand
        whys.append(f"No rule that links blood counts to the dose was found for {brand}: the clinician judges them.")
    zones = {count.what: count.zone for count in counts if reads_counts and count.what in COUNTS.values()}
    if redosing is not None and first:
        whys.append("The redosing pack speaks of doses after the first; this is the first.")
    held = (
        redosing is not None
        and not first
        and any(c.zone == "hold" for c in counts if c.what == redosing.value["count"])
    )
    return _by_zone(zones, counts, held, redosing, whys, facts, rule)


def _by_zone(
    zones: dict[str, str], counts: tuple[CountToday, ...], held: bool, redosing: Fact | None, whys: list[str],
    facts: list[Fact], rule: Fact | None,
) -> Answer:  # fmt: skip
    """The most cautious of what the counts say."""
    by_what = {count.what: count for count in counts}
    for zone, words in (("stop", "below the limit for stopping"), ("half", "in the range for half the dose")):
        hit = [what for what, found in zones.items() if found == zone]
        whys += [f"{named(by_what[what])} {words}.{at_the_end(by_what[what], rule)}" for what in hit]
        if hit and rule is not None:
            facts.append(rule)
    if held and redosing is not None:
        whys.append(f"{named(by_what[redosing.value['count']])} {redosing.says}")
        facts.append(redosing)
    if "stop" in zones.values():
        return Answer("consider-stopping", tuple(whys), tuple(facts))
    if held:
        return Answer("hold", tuple(whys), tuple(facts))
    if "half" in zones.values():
        return Answer("half", tuple(whys), tuple(facts))
    if zones:
        whys.append("White cells and platelets are above the ranges in which the dose is halved or stopped.")
    return Answer("full", tuple(whys), tuple(facts))


def _not_today(
    recipient: Recipient, course: PlannedCourse, scheduled: GlobulinInfusion | None, today: date
) -> Answer | None:
    given = recipient.given or ()
    infusions = course.course.infusions
    if any(dose.given_on == today for dose in given):
        return Answer("not-due", ("A dose was given today.",))
    if len(given) >= len(infusions) or (infusions[-1].on is not None and infusions[-1].on < today):
        return Answer("complete", (f"{len(given)} doses were given; the protocol ends with dose {len(infusions)}.",))
    if scheduled is None:
        coming = next((infusion for infusion in infusions if infusion.on is not None and infusion.on > today), None)
        when = f" The next is due on {coming.on.isoformat()}." if coming is not None and coming.on is not None else ""
        return Answer("not-due", (f"The protocol has no dose today.{when}",))
    return None


def would_change(
    verdict: str, counts: tuple[CountToday, ...], rule: Fact | None, redosing: Fact | None,
    course: PlannedCourse | None, today: date,
) -> tuple[str, ...]:  # fmt: skip
    """For each count: at which value the answer would be another."""
    if verdict in ("complete", "not-due") or course is None:
        return ()
    found = []
    applies = rule is not None and not course.course.protocol.cytopenia_is_the_disease
    for count in counts:
        name = next((name for name, what in COUNTS.items() if what == count.what), None)
        if applies and rule is not None and name is not None:
            low, high = show(Decimal(rule.value[name]["stop_below"])), show(Decimal(rule.value[name]["halve_up_to"]))
            here = f"{show(count.latest.value)} today" if count.latest and count.is_todays else "not known today"
            found.append(
                f"{plain(count.what)} ({here}): above {high} ×10⁹/L the full dose, {low} to {high} half, "
                f"below {low} consider stopping."
            )
        elif redosing is not None and count.what == redosing.value["count"]:
            here = f"{show(count.latest.value)} today" if count.latest and count.is_todays else "not known today"
            found.append(f"{plain(count.what)} ({here}): {redosing.says}")
    if redosing is None:
        found.append("A redosing pack: none is named, so no T-cell count is used.")
    return tuple(found)
