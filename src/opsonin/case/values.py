"""From checked fields to the values the plan reasons with. Nothing is added: what is absent stays None."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import TypeVar

from opsonin.case import fields
from opsonin.case.check_sense import normal_diagnosis
from opsonin.case.fields import CaseFile
from opsonin.case.readers import read_product
from opsonin.knowledge.knowledge import LIMITS
from opsonin.patient import (
    RISKS,
    Bleeding,
    Circumstances,
    Diagnosis,
    EarlierTreatment,
    GivenDose,
    Goal,
    Measurement,
    Medicine,
    Patient,
    StockItem,
    ToleratedInfusion,
    Vaccine,
    Weight,
)
from opsonin.quantities import Quantity

_Given = TypeVar("_Given")


def known(value: _Given | None) -> _Given:
    """A required value, which the checks found to be there."""
    assert value is not None, "a required field passed the checks without a value"
    return value


def amount(quantity: Quantity | None) -> Decimal | None:
    return None if quantity is None else quantity.amount


def patient(file: CaseFile, age_years: Decimal) -> Patient:
    who, disease = known(file.patient), known(file.diagnosis)
    group = who.blood_group
    return Patient(
        id=known(file.id),
        sex=who.sex,
        age_years=age_years,
        weight=_weight(file),
        height_cm=amount(who.height),
        blood_group=group.rstrip("+-") if group else None,
        pregnant=who.pregnant,
        lactating=who.lactating,
        diagnosis=_diagnosis(disease),
        bleeding=_bleeding(disease.bleeding),
        red_flags=tuple(flag for flag in file.red_flags or [] if flag),
        measurements=_measurements(file.measured or []),
        treatments=_treatments(disease.earlier_treatments or []),
        corticosteroids=disease.corticosteroids,
        risks=MappingProxyType({name: getattr(file.risks, name, None) for name in RISKS}),
        medicines=medicines(file.medicines),
        tolerated=_tolerated(file.tolerated),
        vaccines=vaccines(file.vaccines),
        given=_given(file.given),
        rhesus={"+": "positive", "-": "negative"}.get(group[-1]) if group else None,
    )


def goal(file: CaseFile) -> Goal:
    wanted = known(file.goal)
    return Goal(known(wanted.kind), amount(wanted.count), wanted.by, wanted.procedure)


def circumstances(file: CaseFile, as_of: date, pack: str) -> Circumstances:
    team = file.team.model_dump(exclude_none=True) if file.team else {}
    return Circumstances(
        as_of=as_of,
        start=file.start,
        pack=pack,
        stock=stock(file.stock),
        pump_resolution_ml_per_h=amount(file.pump.resolution) if file.pump else None,
        prices_per_g=MappingProxyType(prices(file.prices)),
        team=MappingProxyType(team),
        limits=MappingProxyType(team_limits(file.limits)),
    )


def team_limits(said: fields.LimitsBlock | None) -> dict[str, Decimal]:
    """The team's limits by the names in `knowledge.LIMITS`, whose unit stands in the name."""
    found = {}
    for name in fields.LimitsBlock.model_fields if said is not None else ():
        limit_amount = amount(getattr(said, name))
        if limit_amount is not None:
            full = next(limit for limit in LIMITS if limit.startswith(f"{name}_"))
            found[full] = limit_amount * 60 if full == "check_every_min" else limit_amount  # hours → minutes
    return found


def _weight(file: CaseFile) -> Weight:
    """The latest weight; of two on one day they are equal, or the checks would have refused."""
    latest = max(known(file.weights), key=lambda weight: known(weight.date))
    value = known(latest.value)
    return Weight(value.amount, known(latest.date), value.written)


def _diagnosis(disease: fields.DiagnosisBlock) -> Diagnosis:
    name = normal_diagnosis(known(disease.name))
    return Diagnosis(name, disease.phase, disease.since, disease.secondary_to, disease.spleen)


def _bleeding(said: fields.BleedingBlock | None) -> Bleeding:
    if said is None:
        return Bleeding(None, ())
    return Bleeding(said.grade, tuple(site for site in said.sites or [] if site))


def _measurements(said: Iterable[fields.MeasuredBlock]) -> tuple[Measurement, ...]:
    found = []
    for one in said:
        value = known(one.value)
        found.append(Measurement(known(one.what), value.amount, value.unit, known(one.date), value.written))
    return tuple(sorted(found, key=lambda measurement: measurement.taken_on))


def _treatments(said: Iterable[fields.TreatmentBlock]) -> tuple[EarlierTreatment, ...]:
    return tuple(EarlierTreatment(known(one.treatment), one.response, one.last, one.product) for one in said)


def medicines(said: list[fields.MedicineBlock] | None) -> tuple[Medicine, ...] | None:
    if said is None:
        return None
    return tuple(Medicine(known(one.name), one.started, one.changed, one.raises_platelets) for one in said)


def _tolerated(said: list[fields.ToleratedBlock] | None) -> tuple[ToleratedInfusion, ...] | None:
    if said is None:
        return None
    return tuple(
        ToleratedInfusion(known(one.product), known(one.date), amount(one.highest_rate), one.reaction) for one in said
    )


def vaccines(said: list[fields.VaccineBlock] | None) -> tuple[Vaccine, ...] | None:
    return None if said is None else tuple(Vaccine(known(one.name), one.live, one.date) for one in said)


def _given(said: list[fields.GivenBlock] | None) -> tuple[GivenDose, ...] | None:
    if said is None:
        return None
    doses = []
    for one in said:
        day = one.time.date() if one.time else known(one.date)
        doses.append(GivenDose(known(one.product), known(one.grams).amount, day, one.time))
    return tuple(sorted(doses, key=lambda dose: dose.given_on))


def prices(said: Mapping[str, Decimal | None] | None) -> dict[str, Decimal]:
    """Price per gram by product id."""
    return {read_product(name): price for name, price in (said or {}).items() if price is not None}


def stock(said: list[fields.StockBlock] | None) -> tuple[StockItem, ...] | None:
    """What is in the cupboard; None: not stated."""
    if said is None:
        return None
    items = []
    for one in said:
        vials = None if one.vials is None else tuple(known(vial).amount for vial in one.vials)
        items.append(StockItem(known(one.product), vials))
    return tuple(items)
