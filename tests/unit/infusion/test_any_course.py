"""Whatever happens at the bedside, in whatever order, under whatever pack: what the rules must never say."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from opsonin.infusion import advice, totals
from opsonin.infusion import happenings as has
from opsonin.infusion.chart import Chart, after, impossible
from opsonin.infusion.delivered import delivered
from opsonin.infusion.rules import rules_in_force

WHAT = ["headache", "fever", "chills", "rash", "itching", "breathing-problems", "vomiting", "thrombosis", "anaphylaxis"]
COMMON = st.sampled_from(WHAT[:3])


class Bedside(RuleBasedStateMachine):
    """A nurse who does anything at all, a person who feels anything at all, and a second set of books."""

    order = None
    bed = None
    may_return = False

    def __init__(self):
        super().__init__()
        self.chart = Chart(self.order)
        self.minute = 0
        self.ran = Fraction(0)  # millilitres, kept apart from the chart
        self.rate = None
        self.highest_allowed = None  # lowest rate a symptom came at
        self.feels = set()
        self.whole = None  # (minute, rate epoch) of the last whole set of vital signs
        self.epoch = 0
        self.suspected = False

    def happen(self, event):
        if impossible(self.chart, event):
            return False
        self.chart = after(self.chart, event)
        return True

    def set(self, rate):
        self.rate, self.epoch = rate, self.epoch + 1

    @rule(minutes=st.sampled_from([1, 4, 5, 10, 15, 30, 45]))
    def time_passes(self, minutes):
        if self.rate is not None:
            self.ran += Fraction(self.rate) * minutes / 60
        self.minute += minutes

    @rule()
    def whole_signs(self):
        self.happen(self.bed.signs(self.minute))
        self.whole = (self.minute, self.epoch)
        self.feels -= {"vital-signs", "danger-signs"}

    @rule()
    def half_a_set(self):
        self.happen(self.bed.signs(self.minute, pulse=None))

    @rule(pressure=st.sampled_from(["70", "85", "118"]), acceptable=st.sampled_from([True, False, None]))
    def other_signs(self, pressure, acceptable):
        self.happen(self.bed.signs(self.minute, systolic=pressure, acceptable=acceptable))
        self.whole = (self.minute, self.epoch)
        self.suspected |= self.chart.supervision == "emergency"
        if self.chart.started is not None and (pressure != "118" or acceptable is False):
            self.note_reaction(
                "danger-signs" if "danger-signs" in {o.what for o in self.chart.active} else "vital-signs"
            )

    @rule()
    def start(self):
        if self.happen(self.bed.start(self.order, self.minute)):
            self.set(self.order.rates[0])

    @rule(step=st.integers(0, 5), extra=st.sampled_from([0, 1, 50]))
    def rate_set(self, step, extra):
        rate = self.order.rates[min(step, len(self.order.rates) - 1)] + extra
        if self.happen(self.bed.rate(self.minute, rate)):
            self.set(rate)

    @rule()
    def as_advised(self):
        said = advice(self.chart, self.bed.at(self.minute))
        if said.to_ml_per_h is None:
            return
        make = {"begin": self.bed.start, "restart": self.bed.resume}.get(said.kind, self.bed.rate)
        target = self.order if said.kind == "begin" else None
        event = make(target, self.minute) if target is not None else make(self.minute, said.to_ml_per_h)
        if self.happen(event):
            self.set(said.to_ml_per_h)

    def note_reaction(self, what):
        before = self.last_rate()
        if what not in self.feels and before is not None:
            self.feels.add(what)
            self.highest_allowed = before if self.highest_allowed is None else min(before, self.highest_allowed)

    def last_rate(self):
        return self.chart.last_ml_per_h

    @rule(what=COMMON, severity=st.sampled_from(["mild", "moderate"]))
    def usual_symptom(self, what, severity):
        self.feel(what, severity)

    @rule(what=st.sampled_from(WHAT), severity=st.sampled_from(has.SEVERITIES))
    def any_symptom(self, what, severity):
        self.feel(what, severity)

    def feel(self, what, severity):
        self.happen(self.bed.symptom(self.minute, what, severity))
        self.suspected |= what == "anaphylaxis" or severity == "life-threatening"
        self.suspected |= {"rash", "breathing-problems"} <= self.feels | {what}
        self.note_reaction(what)
        self.feels.add(what)

    @rule()
    def all_pass(self):
        self.happen(self.bed.passed(self.minute))
        self.feels = set()

    @rule()
    def pause(self):
        if self.happen(self.bed.pause(self.minute)):
            self.set(None)

    @rule(step=st.integers(0, 3))
    def resume(self, step):
        rate = self.order.rates[min(step, len(self.order.rates) - 1)]
        if self.happen(self.bed.resume(self.minute, rate)):
            self.set(rate)

    @rule()
    def medicine(self):
        self.happen(has.MedicineGiven(at=self.bed.at(self.minute), what="paracetamol"))

    @precondition(lambda self: self.minute > 200)
    @rule(ended=st.booleans())
    def finish(self, ended):
        if self.happen((has.Ended if ended else has.Stopped)(at=self.bed.at(self.minute))):
            self.set(None)

    @invariant()
    def a_rise_is_only_advised_when_all_is_well(self):
        said = advice(self.chart, self.bed.at(self.minute))
        if said.kind != "raise":
            return
        assert not self.feels
        assert self.whole is not None and self.whole[1] == self.epoch, "vital signs at this rate"
        assert self.minute - self.whole[0] <= 15
        assert said.next_check is None or self.bed.at(self.minute) <= said.next_check.at, "nothing overdue"
        assert self.rate < said.to_ml_per_h <= self.order.maximum_ml_per_h
        assert not said.missing

    @invariant()
    def no_advised_rate_is_above_the_maximum_or_what_caused_a_reaction(self):
        said = advice(self.chart, self.bed.at(self.minute))
        if said.to_ml_per_h is None:
            return
        assert 0 < said.to_ml_per_h <= self.order.maximum_ml_per_h
        if self.highest_allowed is not None and not self.may_return:
            assert said.to_ml_per_h < self.highest_allowed

    @invariant()
    def suspected_anaphylaxis_has_no_way_back(self):
        if self.suspected:
            assert self.chart.supervision == "emergency"
            said = advice(self.chart, self.bed.at(self.minute))
            assert said.kind in ("stop", "stop-at-once") and said.to_ml_per_h is None

    @invariant()
    def segments_add_up_to_what_the_pump_gave(self):
        now = self.bed.at(self.minute)
        assert abs(Fraction(self.chart.ran_ml(now)) - self.ran) < Fraction(1, 10**20)
        stand = totals(self.chart, now)
        assert stand.given_ml + stand.left_ml == self.order.volume_ml
        assert stand.given + stand.left == self.order.amount
        given = delivered(self.chart)
        if given is not None:
            lengths = sum((s.end - s.start for s in given.segments), timedelta(0))
            gaps = sum((b - a for a, b in given.interruptions), timedelta(0))
            assert lengths + gaps == given.ended - (given.segments[0].start if given.segments else given.ended)


@pytest.mark.parametrize(
    ("regimen", "pack", "then"),
    [
        ("gamunex_c:1x1", "us", None),
        ("privigen:1x1", "uk", None),
        ("privigen:1x1", "eu", None),
        ("octagam_10:1x1", "us", None),
        ("gamunex_c:1x1", "us", "again"),
    ],
)
def test_whatever_happens(order_of, bed, known, regimen, pack, then):
    order = order_of(regimen, pack)
    if then is not None:
        restart = replace(
            rules_in_force(known.pack("us"), known).restart, then=then, to="fraction", fraction=Decimal("0.5")
        )
        order = replace(order, rules=replace(order.rules, restart=restart))
    machine = type("Bedside", (Bedside,), {"order": order, "bed": bed, "may_return": then == "again"})
    run_state_machine_as_test(machine, settings=settings(max_examples=25, stateful_step_count=30))
