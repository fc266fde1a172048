"""A small plan made by hand: two candidates, an excluded and an unsupported product, marks of every kind.

Loaded by path from the tests that need it; every number here is made up and stands for no product.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from opsonin.knowledge import Fact, Knowledge, Product, PublishedArm
from opsonin.knowledge.knowledge import DoseSchedule, Pack, RankingRule, RoundingRule
from opsonin.patient import (
    Bleeding,
    Circumstances,
    Diagnosis,
    EarlierTreatment,
    Goal,
    Measurement,
    Patient,
    Weight,
)
from opsonin.planning.plan import (
    Band,
    Candidate,
    Forecast,
    FromParameters,
    Interval,
    LimitPassed,
    NextFall,
    NoForecast,
    NotKnown,
    NoTreatment,
    Plan,
    ReachProbability,
    Stamp,
)
from opsonin.regimen.regimen import DailyDose, DosingWeight, Infusion, RateLadder, RateStep, Regimen, Vials
from opsonin.safety.finding import Finding, Offer, Standing
from opsonin.sources import Citation, Obtained, Source, Status

D = Decimal
NASTY_ID = 'P-<script>alert("1")</script>'


def source(key: str, title: str, kind: str = "paper") -> Source:
    return Source(
        key=key,
        kind=kind,
        title=title,
        authors=f"Author of {key}",
        year="2020",
        edition="",
        doi=f"10.1000/{key}",
        pmid="",
        seen_at=(f"https://mirror.example/{key}",),
        seen_on="2026-11-01",
    )


SOURCES = {
    s.key: s
    for s in (
        source("label-alpha", "Alphaglobin 10 % prescribing information", "label"),
        source("guideline", "A guideline on immune thrombocytopenia", "guideline"),
        source("policy", "A hospital's infusion policy", "policy"),
        source("trial", "A trial of immunoglobulin"),
        source("model-paper", "A model of IgG"),
        source("never-cited", "A work nobody cites"),
    )
}


def fact(
    id: str,
    says: str,
    value: Any,
    unit: str = "",
    *,
    key: str = "label-alpha",
    obtained: Obtained = Obtained.READ,
    status: Status = Status.VERIFIED,
    at: str = "section 2",
) -> Fact:
    return Fact(
        id=id,
        says=says,
        value=value,
        unit=unit,
        obtained=obtained,
        status=status,
        citations=(Citation(key, at),),
        where=(),
        in_force_from=None,
        in_force_until=None,
        checked=None,
        note="",
        tags=(),
        holds_for={},
        spread={},
    )


SCHEDULE_FACT = fact("products/alpha/labels/us/dose", "Dose for ITP", D("1.0"), "g/kg", status=Status.UNVERIFIED)
START = fact("products/alpha/labels/us/rate_start", "First rate", D("0.5"), "mg/kg/min")
MAXIMUM = fact(
    "products/alpha/labels/us/rate_maximum", "Highest rate", D("8"), "mg/kg/min", obtained=Obtained.SECOND_HAND
)
SCHEME = fact(
    "policies/doubling",
    "Double every 30 minutes",
    D("2"),
    key="policy",
    obtained=Obtained.RECALLED,
    status=Status.UNVERIFIED,
)
STRENGTH = fact("products/alpha/concentration", "Strength", D("10.0"), "g/100 mL")
VIAL_SIZES = fact("products/alpha/vials", "Vial sizes", (D("5"), D("10"), D("20")), "g")
UNUSED = fact("products/alpha/shelf_life", "Shelf life", D("36"), "months", key="never-cited")
WEIGHT_RULE = fact("packs/us/weight", "Dose on actual weight", "actual", key="policy")
ROUNDING = fact(
    "packs/us/rounding",
    "Round to vials within 5 %",
    D("5"),
    "%",
    key="policy",
    obtained=Obtained.ASSUMED,
    status=Status.UNVERIFIED,
)
RANKING = fact(
    "rules/ranking",
    "How candidates are ranked",
    "in this order",
    key="policy",
    obtained=Obtained.ASSUMED,
    status=Status.UNVERIFIED,
)
RENAL = fact("rules/renal", "Renal failure has been reported", True)
HEADACHE = fact(
    "rules/headache", "Headache is common", D("12.50"), "%", obtained=Obtained.RECALLED, status=Status.UNVERIFIED
)
CORN = fact("rules/corn", "Contains maltose from corn", True, status=Status.DISPUTED)
OBSERVE = fact(
    "guidelines/observe", "Observe when there is no bleeding", "observe", key="guideline", status=Status.UNVERIFIED
)
PARACETAMOL = fact(
    "packs/us/premedication", "Premedication", "paracetamol 30 minutes before", key="policy", status=Status.UNVERIFIED
)
STOP = fact(
    "packs/us/during",
    "During",
    "stop the infusion, keep the line open and call the doctor if breathing is hard",
    key="policy",
)
LATE = fact(
    "packs/us/haemolysis",
    "Haemolysis",
    "haemoglobin 36 to 96 hours after the infusion when the dose is high",
    key="policy",
)
CLEARANCE = fact(
    "models/draft/clearance", "Clearance of IgG", D("0.150"), "L/day", key="model-paper", obtained=Obtained.CALIBRATED
)
EC50 = fact(
    "models/draft/ec50",
    "Half-effect of receptor blockade",
    D("9"),
    "g/L",
    key="model-paper",
    obtained=Obtained.ASSUMED,
    status=Status.UNVERIFIED,
)
DISCONTINUED = fact(
    "products/beta/discontinued", "No longer made", "since 2024", obtained=Obtained.RECALLED, status=Status.UNVERIFIED
)
NOT_FOUND = fact(
    "products/alpha/labels/us/start_minutes", "Minutes on the first rate", None, "min", status=Status.UNVERIFIED
)


def product(id: str, brand: str, discontinued: Fact | None = None) -> Product:
    facts = {"concentration": STRENGTH, "vials": VIAL_SIZES, "shelf_life": UNUSED} if id == "alpha" else {}
    return Product(
        id=id,
        brand=brand,
        concentration_mg_per_ml=D("100"),
        vials_g=(D("5"), D("10"), D("20")),
        discontinued=discontinued,
        labels={},
        facts=facts,
    )


ALPHA, BETA, GAMMA = (
    product("alpha", "Alphaglobin 10 %"),
    product("beta", "Betaglobin", DISCONTINUED),
    product("gamma", "Gammaglobin"),
)
WEIGHT = DosingWeight(
    kg=D("70.0"),
    basis="actual",
    actual_kg=D("70.0"),
    ideal_kg=D("66.1"),
    body_mass_index=D("24.2"),
    says="Actual weight 70 kg: below 86 kg, where the rule changes to adjusted weight.",
    jump="2 kg heavier the rule would use adjusted weight: about 13 g less for each g/kg.",
    facts=(WEIGHT_RULE,),
)


def ladder(grams: Decimal) -> RateLadder:
    """Two rungs at 21 and 336 mL/h that add up to the dose."""
    volume, first = grams * 10, D("10.5")
    rest = volume - first
    steps = (
        RateStep(1, D("0"), D("30"), D("21.0"), D("0.3"), D("0.5"), first, first),
        RateStep(2, D("30"), rest * 60 / 336, D("336.0"), D("4.8"), D("8"), rest, volume),
    )
    return RateLadder(
        steps=steps,
        heading="steps: not from the label (doubling every 30 minutes; a hospital's policy)",
        cap_kind="label",
        maximum_ml_per_kg_per_h=D("4.8"),
        reasons=("label maximum 8 mg/kg/min",),
        facts=(START, MAXIMUM, NOT_FOUND, SCHEME),
    )


def regimen(g_per_kg: str, days: int, start: datetime | None) -> Regimen:
    infusions = []
    for day in range(1, days + 1):
        grams = D("70") * D(g_per_kg)
        twenties, left = divmod(grams, 20)
        vials = tuple(v for v in (Vials(D("20"), int(twenties)), Vials(D("10"), int(left / 10))) if v.count)
        dose = DailyDose(
            day, grams, grams, grams * 10, vials, D(0), f"nearest vials: {grams} g is whole vials as calculated", D(0)
        )
        begins = start + timedelta(days=day - 1) if start else None
        steps = ladder(grams)
        ends = begins + timedelta(minutes=float(steps.minutes)) if begins else None
        infusions.append(Infusion(dose, steps, begins, ends))
    schedule = DoseSchedule(f"{g_per_kg}x{days}", D(g_per_kg), days, "", SCHEDULE_FACT)
    return Regimen(ALPHA, schedule, WEIGHT, tuple(infusions))


def band(base: float, top: float, peak: float = 5.0, sigma: float = 0.6) -> Band:
    days = tuple(float(day) for day in range(29))
    median = tuple(base + (top - base) * (d / peak) * math.exp(1 - d / peak) for d in days)

    def at(z: float) -> tuple[float, ...]:
        return tuple(m * math.exp(z * sigma * min(1.0, 0.3 + d / 4)) for m, d in zip(median, days, strict=True))

    return Band(days, median, at(-0.674), at(0.674), at(-1.645), at(1.645))


def forecast(goal: float) -> Forecast:
    return Forecast(
        model="ivig-itp-draft",
        model_status="draft model, not validated",
        virtual_patients=500,
        seed=7,
        horizon_days=28,
        platelets=band(12.0, 110.0),
        igg=band(9.0, 28.0, peak=2.0, sigma=0.2),
        reach=tuple(
            ReachProbability(count, within, share)
            for count, shares in ((30, (0.21, 0.83, 0.88)), (50, (0.004, 0.55, 0.78)), (100, (0.0, 0.2, 0.996)))
            for within, share in zip(("24 h", "day 3", "day 7"), shares, strict=True)
        ),
        iwg_complete_response=0.46,
        iwg_response=0.32,
        iwg_no_response=0.22,
        days_to_50=Interval(2.4, 1.6, None),
        share_reaching_50=0.79,
        days_above_30=Interval(17.0, 9.0, 24.0),
        days_above_50=Interval(11.0, 2.0, 18.0),
        next_fall_below_30=NextFall(Interval(None, 19.0, None), 0.52, 0.12),
        goal_probability=goal,
        goal_says="50 ×10⁹/L or more on 27 Nov 2026",
        sentence="Of 100 people like this, about 78 would reach 50 ×10⁹/L or more by the day, and about 22 would not",
        notes=("Bleeding is not simulated",),
        fact_ids=(CLEARANCE.id, EC50.id),
        from_parameters=FromParameters(7, 0.12, 0.03),
    )


ARM = PublishedArm(
    id="trial/arm",
    study="Trial 1999",
    population="adults with chronic ITP",
    age_group="adult",
    immunoglobulin=True,
    regimen="1 g/kg per day for 2 days",
    n=40,
    endpoint="50 ×10⁹/L or more by day 7",
    result="32 of 40 (80 %)",
    citation=Citation("trial", "Table 2"),
    obtained=Obtained.SECOND_HAND,
    status=Status.UNVERIFIED,
)
RENAL_FINDING = Finding(
    "rules/renal",
    "conditional",
    "Kidney risk: the lowest practicable rate.",
    "Renal failure has been reported.",
    "Check creatinine first.",
    (RENAL,),
)
HEADACHE_FINDING = Finding(
    "rules/headache",
    "advisory",
    "Headache is likelier at 1 g/kg.",
    "About 12.5 % in one trial.",
    "Offer paracetamol.",
    (HEADACHE,),
)
CORN_FINDING = Finding(
    "rules/corn",
    "absolute",
    "Corn allergy and a product with maltose from corn.",
    "The label warns.",
    "Choose another product.",
    (CORN,),
)
PERSON_FINDING = Finding(
    "rules/vaccines",
    "advisory",
    "Live vaccines may fail for months.",
    "Antibodies neutralise them.",
    "Plan them.",
    (OBSERVE,),
)
ON_LABEL = Standing("on-label", "", "The label names chronic ITP.", (SCHEDULE_FACT,))
OFF_LABEL = Standing("off-label-supported", "", "A guideline supports 0.4 g/kg for 5 days.", (OBSERVE,))

PATIENT = Patient(
    id=NASTY_ID,
    sex="female",
    age_years=D("54"),
    weight=Weight(D("70.0"), date(2026, 11, 20), "70.0 kg"),
    height_cm=D("170"),
    blood_group="A",
    pregnant=False,
    lactating=None,
    diagnosis=Diagnosis("primary-itp", "chronic", None, None, "in-place"),
    bleeding=Bleeding(1, ("skin",)),
    red_flags=(),
    measurements=(Measurement("platelets", D("12"), "10^9/L", date(2026, 11, 20), "12 G/L"),),
    treatments=(EarlierTreatment("prednisolone", "none", None, None),),
    corticosteroids="failed",
    risks={"renal": True, "thrombosis": False, "cardiac": None},
    medicines=None,
    tolerated=None,
    vaccines=None,
)
START_AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


def plan(start: datetime | None = START_AT) -> Plan:
    """The plan with forecasts."""
    return Plan(
        schema="opsonin-plan/1",
        patient=PATIENT,
        goal=Goal("before-procedure", D("50"), date(2026, 11, 27), "a tooth extraction"),
        circumstances=Circumstances(date(2026, 11, 21), start, "us", None, None, {}, {}),
        weight=WEIGHT,
        no_treatment=NoTreatment(
            "observe: the guideline does not treat grade 1 bleeding by count alone", (OBSERVE,), (ARM,)
        ),
        offers=(
            Offer(ALPHA, ON_LABEL, (RENAL_FINDING,)),
            Offer(BETA, Standing("excluded", "discontinued", "No longer made.", (DISCONTINUED,)), ()),
            Offer(
                GAMMA, Standing("not-supported", "", "No label and no guideline names it for ITP.", ()), (CORN_FINDING,)
            ),
        ),
        candidates=(
            Candidate(
                regimen("1", 2, start),
                ON_LABEL,
                (RENAL_FINDING, HEADACHE_FINDING),
                forecast(0.78),
                1,
                ("On label.", "Highest class of probability."),
                None,
            ),
            Candidate(
                regimen("0.4", 5, start),
                OFF_LABEL,
                (RENAL_FINDING,),
                forecast(0.61),
                2,
                ("Supported by a guideline.",),
                D("1234.50"),
            ),
        ),
        would_change=("Without Alphaglobin in stock: nothing else could be offered.",),
        not_known=(NotKnown("risks.cardiac", "no volume limit was applied"),),
        not_used=("treatments[0].response",),
        silences=("The pack “us” has no rule on hydration.",),
        statements={"premedication": (PARACETAMOL,), "during": (STOP,), "haemolysis": (LATE,)},
        findings=(PERSON_FINDING,),
        stamp=Stamp(
            "0.1.0", "abc123", "us", "2026-11", "ivig-itp-draft", date(2026, 11, 21), 7, 500, "fixed steps of 0.02 day"
        ),
        safety_frame="For research and teaching. Not a medical device.",
    )


def plan_without_forecast() -> Plan:
    """The same person outside the model's domain, with no start given."""
    none = NoForecast((LimitPassed("age", "7 years", "18 years and over"),), (ARM,))
    whole = plan(start=None)
    return replace(whole, candidates=tuple(replace(c, forecast=none) for c in whole.candidates))


def plan_without_candidates() -> Plan:
    """Nothing can be offered: that is an answer too."""
    return replace(plan(), candidates=(), would_change=())


def knowledge() -> Knowledge:
    every = [value for value in globals().values() if isinstance(value, Fact)]
    facts: Mapping[str, Fact] = {value.id: value for value in every}
    pack = Pack(
        id="us",
        name="A pack",
        label_region="us",
        dosing_weight=None,
        rounding=RoundingRule("nearest", D("5"), "nearest vials", ROUNDING),
        ladder_scheme=None,
        cap_at_risk=None,
        restart_after_weeks=None,
        pump_resolution_ml_per_h=D("1"),
        pump_resolution_below_20_kg_ml_per_h=D("0.1"),
        statements={},
        version="2026-11",
    )
    return Knowledge(
        version="abc123",
        sources=SOURCES,
        facts=facts,
        products={"alpha": ALPHA, "beta": BETA, "gamma": GAMMA},
        packs={"us": pack},
        guidelines=(),
        rules=(),
        ranking=RankingRule((D("0.75"), D("0.5"), D("0.25")), D("0.1"), ("standing",), RANKING),
        published=(ARM,),
    )
