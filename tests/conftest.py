"""People and circumstances the tests share: complete, unremarkable, changed where a test needs it."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import settings

from opsonin.knowledge import load_knowledge
from opsonin.patient import (
    RISKS,
    Bleeding,
    Circumstances,
    Diagnosis,
    Goal,
    Measurement,
    Patient,
    Weight,
)

# No test is timed; the same examples are drawn on every run, so that a failure can be repeated anywhere.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")

AS_OF = date(2026, 11, 20)

WOMAN_WITH_CHRONIC_ITP = Patient(
    id="test",
    sex="female",
    age_years=Decimal(47),
    weight=Weight(Decimal(70), AS_OF, "70 kg"),
    height_cm=Decimal(170),
    blood_group="O",
    pregnant=False,
    lactating=False,
    diagnosis=Diagnosis("primary-itp", "chronic", date(2024, 5, 1), None, "in-place"),
    bleeding=Bleeding(1, ("skin",)),
    red_flags=(),
    measurements=(Measurement("platelets", Decimal(14), "10^9/L", AS_OF, "14 x10^9/L"),),
    treatments=(),
    corticosteroids="possible",
    risks=dict.fromkeys(RISKS, False),
    medicines=(),
    tolerated=(),
    vaccines=(),
)

A_US_HOSPITAL = Circumstances(
    as_of=AS_OF,
    start=datetime(2026, 11, 21, 9, 0, tzinfo=timezone(timedelta(hours=-5))),
    pack="us",
    stock=None,
    pump_resolution_ml_per_h=None,
    prices_per_g={},
    team={},
)


@pytest.fixture(scope="session")
def known():
    return load_knowledge()


@pytest.fixture
def person():
    """A person with the given fields changed; `risks=` adds to those stated absent."""

    def make(*, risks=None, count=None, kg=None, **changes):
        if risks is not None:
            changes["risks"] = {**WOMAN_WITH_CHRONIC_ITP.risks, **risks}
        if count is not None:
            changes["measurements"] = (Measurement("platelets", Decimal(count), "10^9/L", AS_OF, f"{count} x10^9/L"),)
        if kg is not None:
            changes["weight"] = Weight(Decimal(kg), AS_OF, f"{kg} kg")
        return replace(WOMAN_WITH_CHRONIC_ITP, **changes)

    return make


@pytest.fixture
def setting():
    def make(**changes):
        return replace(A_US_HOSPITAL, **changes)

    return make


@pytest.fixture
def goal():
    return Goal("raise-low-count", Decimal(50), None, None)
