"""Which rules speak about antithymocyte globulin? Their small vocabulary is read here, as check.py reads that of IVIG.

A condition holds only on what is known; what is not known never makes a rule speak, and the plan lists it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from opsonin.errors import KnowledgeError
from opsonin.knowledge import Knowledge, Product, Protocol
from opsonin.patient import Circumstances, Recipient, Request, Serostatus
from opsonin.regimen import GlobulinCourse
from opsonin.safety.check import names_any
from opsonin.safety.finding import Finding

_CHILDBEARING_YEARS = (Decimal(12), Decimal(55))  # an assumption: in whom contraception is worth a sentence


@dataclass(frozen=True)
class GlobulinSituation:
    """Everything one rule may look at."""

    recipient: Recipient
    request: Request
    circumstances: Circumstances
    protocol: Protocol
    product: Product
    course: GlobulinCourse

    @property
    def animal(self) -> str:
        return str(self.product.facts["animal"].value)


def check_globulin(
    recipient: Recipient,
    request: Request,
    circumstances: Circumstances,
    course: GlobulinCourse,
    known: Knowledge,
) -> tuple[Finding, ...]:
    """What is to be said about this course of this product in this person, most severe first."""
    situation = GlobulinSituation(recipient, request, circumstances, course.protocol, course.product, course)
    findings = []
    for rule in known.rules_of("atg"):
        odd = sorted(set(rule.when) - set(_CONDITIONS))
        if odd or not rule.when:  # a rule that cannot be read must never be passed over in silence
            raise KnowledgeError(f"Rule {rule.id} uses {', '.join(odd) or 'no condition'}.")
        if rule.packs and circumstances.pack not in rule.packs:
            continue
        if rule.products and course.product.id not in rule.products:
            continue
        if all(_CONDITIONS[word](situation, value) for word, value in rule.when.items()):
            findings.append(Finding(rule.id, rule.severity, rule.says, rule.reason, rule.remedy, (rule.fact,)))
    order = {"absolute": 0, "conditional": 1, "advisory": 2}
    return tuple(sorted(findings, key=lambda finding: (order[finding.severity], finding.rule)))


def _texts(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _below(s: GlobulinSituation, what: str, limit: Any) -> bool:
    latest = s.recipient.latest(what)
    return latest is not None and latest.value < Decimal(limit)


def _diluents(s: GlobulinSituation, name: str) -> tuple[str, ...]:
    fact = s.product.facts.get(name)
    return tuple(fact.value) if fact is not None and fact.found else ()


def _too_fast(s: GlobulinSituation) -> bool:
    """Whether the case asks for an infusion shorter than the minimum (the course keeps the minimum)."""
    wanted = (s.request.hours_first, *[s.request.hours_later] * (len(s.course.infusions) - 1))
    pairs = zip(wanted, s.course.infusions, strict=False)
    return any(hours is not None and hours < infusion.minimum_hours for hours, infusion in pairs)


def _too_strong(s: GlobulinSituation) -> bool:
    """Whether the volume of the case would hold more than the highest concentration read."""
    limit, volume = s.product.facts.get("concentration_maximum"), s.request.final_volume_ml
    if volume is None or limit is None or not limit.found:
        return False
    return any(infusion.mg > limit.number() * volume for infusion in s.course.infusions)


def _volume_impossible(s: GlobulinSituation) -> bool:
    volume = s.request.final_volume_ml
    return volume is not None and any(infusion.concentrate_ml >= volume for infusion in s.course.infusions)


def _same_animal_before(s: GlobulinSituation) -> bool:
    return any(course.product == s.product.id for course in s.recipient.previous or ())


def _reacted_before(s: GlobulinSituation) -> bool:
    said = [course.reaction for course in s.recipient.previous or ()]
    return any(reaction is not None and reaction.strip().lower() not in ("none", "no", "") for reaction in said)


def _mismatch(status: Serostatus | None) -> bool:
    return status is not None and status.donor is True and status.recipient is False


def _cmv_at_risk(s: GlobulinSituation) -> bool:
    return s.recipient.cmv is not None and (s.recipient.cmv.recipient is True or _mismatch(s.recipient.cmv))


def _vaccine(s: GlobulinSituation, live: bool) -> bool:
    return any(vaccine.live is live for vaccine in s.recipient.vaccines or ())


def _above_limit(s: GlobulinSituation) -> bool:
    """Whether what was given, or what is planned, passes the protocol's cumulative dose."""
    limit = s.protocol.cumulative_mg_per_kg
    given = sum((dose.mg for dose in s.recipient.given or ()), Decimal(0))
    return limit is not None and max(given, s.course.total_mg) > limit[1] * s.course.weight.kg


def _may_become_pregnant(s: GlobulinSituation) -> bool:
    low, high = _CHILDBEARING_YEARS
    return s.recipient.sex == "female" and low <= s.recipient.age_years <= high


def _elsewhere(s: GlobulinSituation) -> bool:
    return s.protocol.kind == "label" and s.circumstances.pack not in s.protocol.where


def _outside_age(s: GlobulinSituation) -> bool:
    span = s.protocol.fact.holds_for.get("hard", {}).get("age_years")
    return span is not None and not Decimal(span[0]) <= s.recipient.age_years < Decimal(span[1])


Condition = Callable[[GlobulinSituation, Any], bool]
_CONDITIONS: Mapping[str, Condition] = {
    "always": lambda s, v: bool(v),
    "risk": lambda s, v: s.recipient.has(v),
    "unknown_risk": lambda s, v: s.recipient.risks.get(v) is None,
    "animal": lambda s, v: s.animal == v,
    "indication_in": lambda s, v: s.request.indication in _texts(v),
    "indication_not_in": lambda s, v: s.request.indication not in _texts(v),
    "age_years_below": lambda s, v: s.recipient.age_years < Decimal(v),
    "age_years_from": lambda s, v: s.recipient.age_years >= Decimal(v),
    "outside_protocol_age": lambda s, v: _outside_age(s),
    "route_not": lambda s, v: s.request.route is not None and s.request.route != v,
    "line_is": lambda s, v: s.request.line == v,
    "diluent_refused": lambda s, v: s.request.diluent in _diluents(s, "diluents_refused"),
    "diluent_not_listed": lambda s, v: (
        s.request.diluent is not None
        and s.request.diluent not in (*_diluents(s, "diluents"), *_diluents(s, "diluents_refused"))
    ),
    "skin_test_in": lambda s, v: (s.recipient.skin_test.result if s.recipient.skin_test else "not-stated") in _texts(v),
    "infusion_below_minimum": lambda s, v: _too_fast(s),
    "live_vaccine_planned": lambda s, v: _vaccine(s, live=True),
    "inactivated_vaccine_planned": lambda s, v: _vaccine(s, live=False),
    "pregnant": lambda s, v: s.recipient.pregnant is True,
    "lactating": lambda s, v: s.recipient.lactating is True,
    "may_become_pregnant": lambda s, v: _may_become_pregnant(s),
    "white_cells_below": lambda s, v: _below(s, "white-cells", v),
    "platelets_below": lambda s, v: _below(s, "platelets", v),
    "medicine_contains": lambda s, v: names_any([m.name for m in s.recipient.medicines or ()], v),
    "protocol_of_elsewhere": lambda s, v: _elsewhere(s),
    "previous_same_product": lambda s, v: _same_animal_before(s),
    "previous_reaction": lambda s, v: _reacted_before(s),
    "cmv_at_risk": lambda s, v: _cmv_at_risk(s),
    "ebv_mismatch": lambda s, v: _mismatch(s.recipient.ebv),
    "above_limit": lambda s, v: _above_limit(s),
    "over_concentration": lambda s, v: _too_strong(s),
    "volume_impossible": lambda s, v: _volume_impossible(s),
    "volume_not_known": lambda s, v: any(infusion.final_volume_ml is None for infusion in s.course.infusions),
    "dosed_on_ideal_weight": lambda s, v: s.course.weight.basis == "ideal",
    "weight_older_than_days": lambda s, v: (s.circumstances.as_of - s.recipient.weight.taken_on).days > int(v),
    "cytopenia_is_the_disease": lambda s, v: s.protocol.cytopenia_is_the_disease,
    "cytopenia_is_not_the_disease": lambda s, v: not s.protocol.cytopenia_is_the_disease,
}
VOCABULARY_ATG = frozenset(_CONDITIONS)
