"""How do the candidates compare? One row each, in rank order, and the products that are no candidates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from opsonin.knowledge import Knowledge
from opsonin.planning.plan import Candidate, Plan
from opsonin.quantities import show
from opsonin.report.bibliography import References, printed_facts
from opsonin.report.findings import CodedFinding, FindingList
from opsonin.report.harms import harms_in_a_cell
from opsonin.report.outlook import goal_percent
from opsonin.report.wording import (
    cite,
    course,
    hours_and_minutes,
    mark_of,
    schedule,
    schedule_short,
    sentence,
    standing,
    vials_of_course,
)
from opsonin.safety.finding import STANDINGS, Offer

STANDING_IN_A_CELL = {"on-label": "on label", "off-label-supported": "off label, guideline"}


@dataclass(frozen=True)
class CandidateRow:
    """One candidate in print."""

    rank: str  # "1", "2 =" for a tie, "–" when ruled out
    regimen_id: str
    brand: str
    schedule: str  # with its mark
    schedule_short: str
    standing: str
    standing_sentence: str
    standing_reason: str
    grams: str
    vials: str
    discarded: str  # '' when nothing is
    hours: str
    goal: str  # with the mark of the model's parameters
    reasons: tuple[str, ...]
    findings: tuple[CodedFinding, ...]
    cites: str
    price: str
    harms: str  # the harms expected in 1 of 100 people or more

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(finding.code for finding in self.findings)


@dataclass(frozen=True)
class OfferRow:
    """Products that are no candidates for one and the same reason."""

    brands: tuple[str, ...]
    standing: str
    reason: str
    mark: str
    cites: str
    codes: tuple[str, ...]


def candidate_rows(
    plan: Plan, knowledge: Knowledge, findings: FindingList, references: References
) -> list[CandidateRow]:
    """Every candidate, ranked ones first."""
    ranks = [candidate.rank for candidate in plan.candidates]
    goals = [goal_percent(candidate, knowledge) for candidate in plan.candidates]
    return [
        _row(plan, candidate, goal, ranks, findings, references)
        for candidate, goal in zip(plan.candidates, goals, strict=True)
    ]


def _row(
    plan: Plan, candidate: Candidate, goal: str, ranks: list[int | None], findings: FindingList, references: References
) -> CandidateRow:
    regimen = candidate.regimen
    tied = candidate.rank is not None and ranks.count(candidate.rank) > 1
    facts = [regimen.schedule.fact, *candidate.standing.facts]
    minutes = sum((infusion.ladder.minutes for infusion in regimen.infusions), start=regimen.total_g * 0)
    return CandidateRow(
        rank="–" if candidate.rank is None else f"{candidate.rank} =" if tied else f"{candidate.rank}",
        regimen_id=regimen.id,
        brand=regimen.product.brand,
        schedule=schedule(regimen.schedule) + regimen.schedule.fact.mark,
        schedule_short=schedule_short(regimen.schedule) + regimen.schedule.fact.mark,
        standing=STANDING_IN_A_CELL.get(candidate.standing.kind, standing(candidate.standing))
        + mark_of(candidate.standing.facts),
        standing_sentence=sentence(standing(candidate.standing) + mark_of(candidate.standing.facts)),
        standing_reason=sentence(candidate.standing.reason),
        grams=f"{show(regimen.total_g)} g",
        vials=vials_of_course(regimen) + mark_of(printed_facts(regimen.product)),
        discarded=f"{show(regimen.discarded_g)} g" if regimen.discarded_g else "",
        hours=hours_and_minutes(minutes) + mark_of(regimen.infusions[0].ladder.facts),
        goal=goal,
        reasons=tuple(sentence(reason) for reason in candidate.reasons if reason not in candidate.standing.reason),
        findings=findings.for_candidate(plan, candidate),
        cites=cite(references.numbers(facts)),
        price=f"{show(candidate.price, 2)}" if candidate.price is not None else "",
        harms=harms_in_a_cell(candidate),
    )


def not_offered(plan: Plan, findings: FindingList, references: References) -> list[OfferRow]:
    """Products without any candidate regimen: not supported ones first, then excluded ones."""
    planned = {candidate.regimen.product.id for candidate in plan.candidates}
    left = [offer for offer in plan.offers if offer.product.id not in planned]
    groups: dict[tuple[object, ...], list[Offer]] = {}
    for offer in _by_standing(left):
        standing = offer.standing
        cited = references.numbers(standing.facts)
        codes = tuple(coded.code for coded in findings.of(offer.findings))
        groups.setdefault((standing.kind, standing.excluded_because, standing.reason, cited, codes), []).append(offer)
    return [_offer_row(alike, findings, references) for alike in groups.values()]


def _by_standing(offers: Iterable[Offer]) -> list[Offer]:
    return sorted(offers, key=lambda offer: (STANDINGS.index(offer.standing.kind), offer.standing.excluded_because))


def _offer_row(alike: list[Offer], findings: FindingList, references: References) -> OfferRow:
    offer, facts = alike[0], alike[0].standing.facts
    return OfferRow(
        brands=tuple(each.product.brand for each in alike),
        standing=standing(offer.standing),
        reason=sentence(offer.standing.reason),
        mark=mark_of(facts),
        cites=cite(references.numbers(facts)),
        codes=tuple(coded.code for coded in findings.of(offer.findings)),
    )


def ties_with_first(plan: Plan) -> list[str]:
    """The other candidates ranked 1, if any."""
    first = plan.first
    return [course(c.regimen) for c in plan.candidates if c.rank == 1 and c is not first]
