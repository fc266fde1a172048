"""What the follow-up uses is what ran in: exact from the charted rates, whoever noted the sum, or refused."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from opsonin.errors import InputRefused
from opsonin.infusion.as_given import as_given
from opsonin.patient.event_line import event_from_line

HUNG = {"product": "privigen", "lots": ["L1"], "vials": ["40 g"], "concentration": "10 %"}


def at(clock, kind, day=21, **fields):
    line = {"kind": kind, "at": f"2026-11-{day}T{clock}+00:00", "who": "nurse", "source": "ward", **fields}
    return event_from_line(line, place=f"{kind} {clock}")


def moment(clock):
    return datetime.fromisoformat(f"2026-11-21T{clock}+00:00")


CHARTED = [
    at("09:00", "start", **HUNG, rate="18 mL/h"),
    at("09:30", "rate", rate="36 mL/h"),
    at("10:00", "pause", reason="headache"),
    at("10:40", "resume", rate="18 mL/h"),
    at("11:00", "rate", rate="72 mL/h"),
    at("13:00", "end"),
]
GRAMS = [Decimal("0.9"), Decimal("1.8"), Decimal("0.6"), Decimal("14.4")]


def doses(events):
    return [event for event in as_given(events) if event.kind == "given"]


def test_a_charted_infusion_is_a_dose_in_segments_of_its_rates():
    (dose,) = doses(CHARTED)
    assert (dose.product, dose.amount) == ("privigen", sum(GRAMS))
    assert (dose.at, dose.until) == (moment("09:00"), moment("13:00"))
    assert [one.grams for one in dose.ran] == GRAMS
    assert [(one.start, one.end) for one in dose.ran][1:3] == [
        (moment("09:30"), moment("10:00")), (moment("10:40"), moment("11:00")),
    ]  # fmt: skip
    assert dose.interruptions == ((moment("10:00"), moment("10:40")),)


def test_a_rounded_sum_of_the_chart_is_made_exact_and_a_stated_one_stands():
    thirds = [at("09:00", "start", **HUNG, rate="20 mL/h"), at("09:01", "rate", rate="40 mL/h"), at("10:00", "end")]
    (exact,) = doses(thirds)
    written = at("09:00", "given", product="privigen", grams=f"{exact.amount:.4f} g", ended="2026-11-21T10:00+00:00")
    (dose,) = doses([*thirds, written])
    assert dose.amount == exact.amount != written.amount
    other = at("09:00", "given", product="privigen", grams="3 g", ended="2026-11-21T10:00+00:00")
    (dose,) = doses([*thirds, other])
    assert dose.amount == 3 and sum(one.grams for one in dose.ran) == 3


def test_the_pumps_reading_goes_before_rate_and_time_and_no_more_ran_in_than_hung():
    (dose,) = doses([*CHARTED[:-1], at("13:00", "end", volume="170 mL")])
    assert dose.amount == 17 and sum(one.grams for one in dose.ran) == 17 and dose.until < moment("13:00")
    late = [*CHARTED[:-1], at("20:00", "end")]
    (dose,) = doses(late)
    assert dose.amount == 40 and sum(one.grams for one in dose.ran) == 40 and dose.until < moment("20:00")
    less = [*CHARTED[:-1], at("13:00", "end", volume="200 mL")]
    (dose,) = doses(less)
    assert dose.amount == 20 and abs(sum(one.grams for one in dose.ran) - 20) < Decimal("1e-20")


def test_corrections_reach_the_dose():
    wrong = at("11:00", "rate", rate="720 mL/h", id="typo")
    events = [*CHARTED[:4], wrong, at("11:00", "rate", rate="72 mL/h"), CHARTED[-1]]
    (dose,) = doses([*events, at("11:05", "correction", corrects="typo", reason="a digit too many")])
    assert dose.amount == sum(GRAMS)


def test_two_infusions_are_two_doses_and_a_resumed_stop_is_one():
    second = [at("09:00", "start", day=22, **HUNG, rate="36 mL/h"), at("10:00", "stop", day=22, reason="rash")]
    first, other = doses([*CHARTED, *second])
    assert (first.amount, other.amount) == (sum(GRAMS), Decimal("3.6"))
    resumed = [*second, at("10:30", "resume", day=22, rate="18 mL/h"), at("11:00", "end", day=22)]
    assert [dose.amount for dose in doses(resumed)] == [Decimal("4.5")]


@pytest.mark.parametrize(
    ("events", "why"),
    [
        (CHARTED[:-1], "was begun, and no end is charted"),
        (CHARTED[:1], "was begun, and no end is charted"),
        ([at("09:00", "start", **HUNG), at("13:00", "end")], "was charted without its rate"),
        ([at("09:00", "start", **HUNG, rate="18 mL/h"), at("09:00", "stop", reason="fault")], "without its rate"),
    ],
)
def test_a_chart_that_does_not_say_how_much_is_refused(events, why):
    with pytest.raises(InputRefused, match=why):
        as_given(events)
    stated = at("09:00", "given", product="privigen", grams="20 g")
    assert [dose.amount for dose in doses([*events, stated])] == [20]


@drawn(st.lists(st.tuples(st.integers(1, 400), st.integers(1, 5400), st.booleans()), min_size=1, max_size=12))
def test_the_segments_add_up_exactly(steps):
    from datetime import timedelta

    now, ml = datetime(2026, 11, 21, 9, tzinfo=UTC), Fraction(0)
    events = [at("09:00", "start", **{**HUNG, "vials": ["400 g"] * 40}, rate=f"{steps[0][0]} mL/h")]
    for number, (rate, seconds, pauses) in enumerate(steps):
        if number:
            events.append(at(f"{now:%H:%M:%S}", "rate", day=now.day, rate=f"{rate} mL/h"))
        now, ml = now + timedelta(seconds=seconds), ml + Fraction(rate * seconds, 3600)
        if pauses:
            events.append(at(f"{now:%H:%M:%S}", "pause", day=now.day, reason="x"))
            now += timedelta(seconds=60)
            events.append(at(f"{now:%H:%M:%S}", "resume", day=now.day))
    events.append(at(f"{now:%H:%M:%S}", "end", day=now.day))
    (dose,) = doses(events)
    assert abs(Fraction(dose.amount) - ml / 10) < Fraction(1, 10**20)
    assert abs(Fraction(sum(one.grams for one in dose.ran)) - ml / 10) < Fraction(1, 10**20)
