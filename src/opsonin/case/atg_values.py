"""From the checked fields of a case of antithymocyte globulin to its values. What is absent stays None."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import MappingProxyType

from opsonin.case import atg_fields as fields
from opsonin.case.atg_fields import AtgCaseFile
from opsonin.case.values import amount, known, medicines, prices, stock, team_limits, vaccines
from opsonin.patient import (
    ATG_RISKS,
    Circumstances,
    EarlierCourse,
    GlobulinDose,
    Measurement,
    Recipient,
    Request,
    Serostatus,
    SkinTest,
    Weight,
)

_MG_PER_G = 1000


def recipient(file: AtgCaseFile, age_years: Decimal) -> Recipient:
    who = known(file.patient)
    latest = max(known(file.weights), key=lambda weight: known(weight.date))
    value = known(latest.value)
    skin = file.skin_test
    return Recipient(
        id=known(file.id),
        sex=who.sex,
        age_years=age_years,
        weight=Weight(value.amount, known(latest.date), value.written),
        height_cm=amount(who.height),
        pregnant=who.pregnant,
        lactating=who.lactating,
        measurements=_measurements(file.measured or []),
        risks=MappingProxyType({name: getattr(file.risks, name, None) for name in ATG_RISKS}),
        medicines=medicines(file.medicines),
        vaccines=vaccines(file.vaccines),
        given=_given(file.given),
        previous=_previous(file.previous_atg),
        skin_test=SkinTest(known(skin.result), skin.date) if skin else None,
        cmv=_serostatus(file.cmv),
        ebv=_serostatus(file.ebv),
    )


def request(file: AtgCaseFile) -> Request:
    transplant, hours = file.transplant, file.infusion_hours
    at = transplant.time if transplant else None
    return Request(
        indication=known(file.indication),
        graft=transplant.graft if transplant else None,
        transplant_on=at.date() if at else transplant.date if transplant else None,
        transplant_at=at,
        protocol=file.protocol,
        dose_mg_per_kg=file.dose_mg_per_kg,
        doses=tuple(known(count) for count in file.doses) if file.doses is not None else None,
        redosing=file.redosing,
        route=file.route,
        line=file.line,
        diluent=file.diluent,
        final_volume_ml=amount(file.final_volume),
        hours_first=amount(hours.first) if hours else None,
        hours_later=amount(hours.later) if hours else None,
    )


def circumstances(file: AtgCaseFile, as_of: date, pack: str) -> Circumstances:
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


def _measurements(said: list[fields.AtgMeasuredBlock]) -> tuple[Measurement, ...]:
    found = []
    for one in said:
        value = known(one.value)
        found.append(
            Measurement(
                known(one.what), value.amount, value.unit, known(one.day), value.written, one.time, one.assay or ""
            )
        )
    return tuple(sorted(found, key=lambda measurement: measurement.taken_on))


def _given(said: list[fields.DoseBlock] | None) -> tuple[GlobulinDose, ...] | None:
    if said is None:
        return None
    doses = []
    for one in said:
        day = one.time.date() if one.time else known(one.date)
        doses.append(GlobulinDose(known(one.product), known(one.dose).amount * _MG_PER_G, day, one.time, one.ended))
    return tuple(doses)


def _previous(said: list[fields.EarlierCourseBlock] | None) -> tuple[EarlierCourse, ...] | None:
    if said is None:
        return None
    return tuple(EarlierCourse(known(one.product), one.last, one.reaction) for one in said)


def _serostatus(said: fields.SerostatusBlock | None) -> Serostatus | None:
    if said is None:
        return None
    words: dict[str | None, bool | None] = {"positive": True, "negative": False}
    return Serostatus(words.get(said.donor), words.get(said.recipient))
