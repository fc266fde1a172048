"""What about this person was looked at, what is not known, and what else there is: all of it listed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from opsonin.knowledge import Fact, Knowledge, Product, Protocol
from opsonin.patient import ATG_RISKS, Recipient, Request
from opsonin.planning.atg_plan import Assessed
from opsonin.planning.plan import NotKnown
from opsonin.quantities import show
from opsonin.safety.check import names_any

NOTHING_ON_THE_SHELF = "no rule on this shelf speaks of it"
NONE_ON_THE_SHELF = "no interaction with it stands on this shelf; that is no proof that there is none"


_ADULT = 18
_OLDER = 65  # as in the rule atg/older, an assumption
_PREPARATION = (
    "form", "diluents", "dilution_volume_range", "filter", "filter_range", "line", "reconstituted_within",
    "infuse_within", "storage", "start_slowly",
)  # fmt: skip
_WARNINGS = (
    "boxed_warning", "contraindications", "warning_reactions", "warning_infection", "warning_lymphoma",
    "warning_serum_sickness", "skin_test", "interaction_blood", "laboratory_interference",
)  # fmt: skip


def assessed(recipient: Recipient, request: Request, known: Knowledge) -> tuple[Assessed, ...]:
    """Age, general health and every other medicine: what each is, and what the shelf knows of it."""
    found = [_age(recipient, known)]
    for risk, words in ATG_RISKS.items():
        state = {True: "yes", False: "no", None: "not known"}[recipient.risks.get(risk)]
        rules = [rule for rule in known.rules_of("atg") if rule.when.get("risk") == risk]
        facts = tuple(rule.fact for rule in rules if request.indication not in rule.when.get("indication_not_in", ()))
        if state != "yes":
            found.append(Assessed(words, state, "", ()))
            continue
        says = "; ".join(dict.fromkeys(fact.says.rstrip(".") for fact in facts)) or NOTHING_ON_THE_SHELF
        found.append(Assessed(words, state, says, facts))
    return (*found, *_medicines(recipient, known))


def _age(recipient: Recipient, known: Knowledge) -> Assessed:
    name = "child" if recipient.age_years < _ADULT else "older"
    fact = known.fact(f"rules/atg/{name}")
    speaks = recipient.age_years < _ADULT or recipient.age_years >= _OLDER
    return Assessed(
        "age", f"{show(recipient.age_years, 1)} years", fact.says if speaks else "", (fact,) if speaks else ()
    )


def _medicines(recipient: Recipient, known: Knowledge) -> tuple[Assessed, ...]:
    interactions = known.facts_under("policies/atg_interactions")
    found = []
    for medicine in recipient.medicines or ():
        facts = tuple(fact for fact in interactions if names_any([medicine.name], fact.value["words"]))
        says = " ".join(fact.says for fact in facts)
        found.append(Assessed(medicine.name, "interaction known" if facts else NONE_ON_THE_SHELF, says, facts))
    return tuple(found)


def alternatives(request: Request, known: Knowledge) -> tuple[Fact, ...]:
    """Other treatments studied for this use, named with their source and not dosed."""
    every = known.facts_under("policies/atg_alternatives")
    studied = [fact for fact in every if request.indication in fact.value["indications"]]
    return (*studied, *(fact for fact in every if not fact.value["indications"]))


def statements(
    products: tuple[Product, ...], recipient: Recipient, request: Request, known: Knowledge
) -> Mapping[str, tuple[Fact, ...]]:
    """What the texts say that holds whatever the course: preparation, premedication, harms, whom to tell."""
    of_class = {fact.id.rpartition("/")[2]: fact for fact in known.facts_under("classes/atg")}
    adult_doses = [of_class[name] for name in ("premedication_doses", "emergency") if recipient.age_years >= _ADULT]
    groups: dict[str, list[Fact]] = {
        "Preparation and line": [],
        "Premedication and emergencies": adult_doses,
        "Contraindications and warnings": [],
        "Effects to know": [
            of_class[name] for name in ("common_effects", "serious_effects", "rare_effects", "serum_sickness")
        ],
        "Whom to tell, and what this is": [
            of_class[name] for name in ("route", "report_at_once", "not_self_medication")
        ],
    }
    for product in products:
        labels = [label.facts.get("premedication") for label in product.labels.values()]
        names = (*_PREPARATION, "line_peripheral") if request.line == "peripheral" else _PREPARATION
        groups["Preparation and line"] += _named(product, names)
        groups["Premedication and emergencies"][:0] = [fact for fact in labels if fact is not None and fact.found]
        groups["Contraindications and warnings"] += _named(product, _WARNINGS)
    return MappingProxyType({title: tuple(dict.fromkeys(facts)) for title, facts in groups.items() if facts})


def _named(product: Product, names: tuple[str, ...]) -> list[Fact]:
    return [fact for name in names if (fact := product.facts.get(name)) is not None]


def not_known(
    recipient: Recipient, request: Request, protocols: tuple[Protocol, ...], known: Knowledge
) -> tuple[NotKnown, ...]:
    """What the case does not say, and what the plan did about it."""
    found = []
    if request.protocol is None:
        found.append(NotKnown("protocol", "every protocol that fits is shown, and none is chosen"))
    if request.dose_mg_per_kg is None and any(protocol.needs_dose() for protocol in protocols):
        found.append(NotKnown("dose_mg_per_kg", "both ends of the range are shown, and neither is chosen"))
    if request.doses is None and any(protocol.needs_doses() for protocol in protocols):
        found.append(NotKnown("doses", "both ends of the range are shown, and neither is chosen"))
    if request.transplant_on is None and any(protocol.counted_from == "transplant" for protocol in protocols):
        found.append(NotKnown("transplant", "the protocol counts from it, so its days carry no dates"))
    horse = any(known.product(protocol.product).facts["animal"].value == "horse" for protocol in protocols)
    sentences = {
        "route": (request.route, "the plan is for an infusion into a vein"),
        "line": (request.line, "whether it suits could not be checked"),
        "diluent": (request.diluent, "whether it suits could not be checked"),
        "final_volume": (request.final_volume_ml, "the volume comes from the texts, as said with each course"),
        "skin_test": (recipient.skin_test if horse else "not asked for", "treated as not done"),
        "previous_atg": (recipient.previous, "whether the animal protein was met before is not known"),
        "cmv": (recipient.cmv, "whether prophylaxis against cytomegalovirus is asked for is not known"),
        "ebv": (recipient.ebv, "whether the risk of lymphoproliferative disorder is raised is not known"),
        "medicines": (recipient.medicines, "interactions could not be checked"),
        "vaccines": (recipient.vaccines, "vaccines could not be checked"),
        "white cells": (recipient.latest("white-cells"), "the halving rule has nothing to start from"),
        "platelets": (recipient.latest("platelets"), "the halving rule has nothing to start from"),
    }
    found += [NotKnown(field, therefore) for field, (value, therefore) in sentences.items() if value is None]
    return tuple(found)
