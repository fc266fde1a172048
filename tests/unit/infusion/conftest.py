"""Orders to follow, and the few events the tests are made of."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from opsonin.infusion import advice, chart, immunoglobulin_order
from opsonin.infusion import happenings as has
from opsonin.planning import candidates
from opsonin.safety import offers

NINE = datetime(2026, 11, 21, 9, 0, tzinfo=timezone(timedelta(hours=-5)))


class Bed:
    """Events by the minute after nine, with usual values where a test does not care."""

    SIGNS = {  # noqa: RUF012
        "temperature_c": "36.8", "systolic": "120", "diastolic": "75", "pulse": "80", "respiratory_rate": "16",
    }  # fmt: skip

    def at(self, minutes):
        return NINE + timedelta(minutes=minutes)

    def signs(self, minutes, *, acceptable=True, **changes):
        values = {name: Decimal(value) for name, value in (self.SIGNS | changes).items() if value is not None}
        return has.VitalSigns(at=self.at(minutes), who="nurse", acceptable=acceptable, **values)

    def symptom(self, minutes, what="headache", severity="mild"):
        return has.Symptom(at=self.at(minutes), what=what, severity=severity)

    def passed(self, minutes, what="all"):
        return has.SymptomPassed(at=self.at(minutes), what=what)

    def rate(self, minutes, ml_per_h):
        return has.RateSet(at=self.at(minutes), ml_per_h=Decimal(ml_per_h))

    def start(self, order, minutes=0, **changes):
        usual = {"product": order.product, "ml_per_h": order.rates[0], "mg_per_ml": order.mg_per_ml, "lot": "A1"}
        return has.Started(at=self.at(minutes), **(usual | changes))

    def pause(self, minutes):
        return has.Paused(at=self.at(minutes))

    def resume(self, minutes, ml_per_h):
        return has.Resumed(at=self.at(minutes), ml_per_h=Decimal(ml_per_h))

    def up_to(self, order, step):
        """A quiet run: the first signs, the start, and each step up to this one after its time, with signs before."""
        events, minute = [self.signs(-5), self.start(order)], 0
        for rung, higher in zip(order.steps[: step - 1], order.rates[1:step], strict=True):
            events += [self.signs(minute + 15)]
            minute += int(rung.minutes)
            events += [self.signs(minute), self.rate(minute, higher)]
        return events, minute

    def advice(self, order, events, minutes):
        return advice(chart(order, events), self.at(minutes))


@pytest.fixture(scope="session")
def bed():
    return Bed()


_REGIMENS = {}  # pack → what the usual woman may be given; built once


@pytest.fixture
def order_of(known, person, setting):
    """An order for the usual woman of 70 kg, by regimen and pack."""

    def make(regimen="gamunex_c:1x1", pack="us", *, day=1, limits=None):
        who, where = person(), setting(pack=pack, limits=limits or {})
        if pack not in _REGIMENS:
            _REGIMENS[pack] = {
                regimen.id: regimen for regimen, _ in candidates(who, where, offers(who, where, known), known)
            }
        found = _REGIMENS[pack][regimen]
        return immunoglobulin_order(found, day, patient=who, circumstances=where, knowledge=known)

    return make
