"""What the rules say, situation by situation, pack by pack."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from opsonin.infusion import chart
from opsonin.infusion import happenings as has
from opsonin.infusion.raising import conditions


def test_a_quiet_infusion_is_led_up_the_ladder(order_of, bed):
    order = order_of()
    assert order.rates == (42, 84, 168, 336)
    for step in (1, 2, 3):
        events, minute = bed.up_to(order, step)
        due = minute + 30
        events += [bed.signs(minute + 15)]
        early = bed.advice(order, events, due - 1)
        assert (early.kind, early.earliest) == ("hold", bed.at(due))
        said = bed.advice(order, [*events, bed.signs(due)], due)
        assert (said.kind, said.to_ml_per_h) == ("raise", order.rates[step])
        assert said.facts and any("taken at" in used for used in said.used)
    events, minute = bed.up_to(order, 4)
    assert bed.advice(order, [*events, bed.signs(minute + 15)], minute + 20).kind == "hold"


def test_before_the_start_vital_signs_come_first(order_of, bed):
    order = order_of()
    assert bed.advice(order, [], -30).kind == "check"
    assert bed.advice(order, [bed.signs(-20)], 0).kind == "check"
    said = bed.advice(order, [bed.signs(-10)], 0)
    assert (said.kind, said.to_ml_per_h) == ("begin", 42)
    assert bed.advice(order, [bed.signs(-10), bed.symptom(-5)], 0).kind == "ask"


@pytest.mark.parametrize(
    ("events", "unmet"),
    [
        (lambda b: [b.signs(15)], "vital signs in date"),
        (lambda b: [b.signs(15), b.signs(14.9)], "vital signs in date"),
        (lambda b: [b.signs(15), b.signs(30, pulse=None)], "vital signs in date"),
        (lambda b: [b.signs(30, acceptable=None)], "vital signs within limits"),
        (lambda b: [b.signs(30, acceptable=False)], "no symptom"),
        (lambda b: [b.signs(30), b.symptom(30)], "no symptom"),
        (lambda b: [b.symptom(10), b.passed(20), b.signs(30)], "the step's time"),
        (lambda b: [b.pause(10), b.resume(12, 42), b.signs(30)], "the step's time"),
    ],
)
def test_no_rise_while_a_condition_is_not_met(order_of, bed, events, unmet):
    order = order_of()
    happened = [bed.signs(-5), bed.start(order), *events(bed)]
    now = bed.at(31)
    found = dict(conditions(chart(order, happened), now))
    assert found[unmet].met is not True and found[unmet].says
    assert bed.advice(order, happened, 31).kind != "raise"


def test_no_rise_without_a_first_set_however_good_the_later_ones(order_of, bed):
    order = order_of()
    said = bed.advice(order, [bed.start(order), bed.signs(15), bed.signs(30)], 30)
    assert said.kind == "hold" and "before the start" in " ".join(said.missing)


def test_the_teams_own_limits_stand_in_for_a_persons_word(order_of, bed):
    limits = {
        "pulse_above_per_min": Decimal(110), "systolic_change_percent": Decimal(20),
        "temperature_rise_c": Decimal(1), "respiratory_rate_above_per_min": Decimal(24),
    }  # fmt: skip
    order = order_of(limits=limits)
    quiet = [bed.signs(-5, acceptable=None), bed.start(order), bed.signs(15, acceptable=None)]
    said = bed.advice(order, [*quiet, bed.signs(30, acceptable=None)], 30)
    assert said.kind == "raise" and any("the case" in used for used in said.used)
    for sign, value in (("pulse", "111"), ("systolic", "95"), ("temperature_c", "37.9"), ("respiratory_rate", "25")):
        said = bed.advice(order, [*quiet, bed.signs(30, acceptable=None, **{sign: value})], 30)
        assert said.kind == "pause", sign
    partly = order_of(limits={"pulse_above_per_min": Decimal(110)})
    said = bed.advice(partly, [*quiet, bed.signs(30, acceptable=None)], 30)
    assert said.kind == "hold" and "no source and no team limit" in " ".join(said.missing)


def test_mild_symptom_us_slows_to_the_last_rate_tolerated(order_of, bed):
    order = order_of()
    events, minute = bed.up_to(order, 3)
    events += [bed.symptom(minute + 5)]
    said = bed.advice(order, events, minute + 5)
    assert (said.kind, said.to_ml_per_h, said.rule) == ("slow", 84, "mild reaction")
    assert {name for name, _ in said.elsewhere} >= {"pack uk"}
    events += [bed.rate(minute + 6, 84)]
    assert bed.advice(order, events, minute + 10).kind == "hold"
    events += [bed.passed(minute + 20), bed.signs(minute + 50)]
    said = bed.advice(order, events, minute + 51)
    assert said.kind == "hold" and "168 mL/h, at which the reaction came" in said.says


def test_on_the_first_step_there_is_nothing_slower_so_it_pauses(order_of, bed):
    order = order_of()
    said = bed.advice(order, [bed.signs(-5), bed.start(order), bed.symptom(10)], 10)
    assert said.kind == "pause" and "no lower rate" in said.says


@pytest.mark.parametrize(
    ("pack", "regimen", "mild", "moderate", "restart"),
    [
        ("us", "gamunex_c:1x1", "slow", "pause", "restart"),
        ("uk", "privigen:1x1", "pause", "pause", "restart"),
        ("eu", "privigen:1x1", "slow", "pause", "ask"),
    ],
)
def test_packs_differ_and_the_difference_is_shown(order_of, bed, pack, regimen, mild, moderate, restart):
    order = order_of(regimen, pack)
    events, minute = bed.up_to(order, 3)
    said = bed.advice(order, [*events, bed.symptom(minute + 5)], minute + 5)
    assert said.kind == mild
    assert (said.to_ml_per_h is None) == (pack != "us"), "the EU text names no rate, and none is made up"
    events += [bed.symptom(minute + 5, severity="moderate")]
    assert bed.advice(order, events, minute + 5).kind == moderate
    events += [bed.pause(minute + 6)]
    assert bed.advice(order, events, minute + 10).kind == "wait"
    events += [bed.passed(minute + 20), bed.signs(minute + 37)]
    said = bed.advice(order, events, minute + 38)
    assert said.kind == restart
    assert said.elsewhere, "what other authorities say"
    if restart == "restart":
        assert said.to_ml_per_h == order.rates[1]
    else:
        assert "no rule" in " ".join(said.missing)


def test_uk_waits_thirty_minutes_finishes_at_that_rate_and_stops_when_it_returns(order_of, bed):
    order = order_of("privigen:1x1", "uk")
    events, minute = bed.up_to(order, 3)
    events += [bed.symptom(minute + 5), bed.pause(minute + 6), bed.passed(minute + 10), bed.signs(minute + 20)]
    said = bed.advice(order, events, minute + 21)
    assert (said.kind, said.earliest) == ("wait", bed.at(minute + 36))
    events += [bed.signs(minute + 36), bed.resume(minute + 37, order.rates[1])]
    quiet = [*events, *(bed.signs(minute + n) for n in (50, 65, 80))]
    assert bed.advice(order, quiet, minute + 81).kind == "hold"
    events += [bed.symptom(minute + 45)]
    said = bed.advice(order, events, minute + 46)
    assert said.kind == "stop" and chart(order, events).supervision == "barred"


def test_us_has_no_rule_on_a_reaction_that_returns_and_asks(order_of, bed):
    order = order_of()
    events, minute = bed.up_to(order, 3)
    events += [bed.symptom(minute + 5, severity="moderate"), bed.pause(minute + 6), bed.passed(minute + 10)]
    events += [bed.signs(minute + 11), bed.resume(minute + 12, 84), bed.symptom(minute + 20, severity="moderate")]
    events += [bed.pause(minute + 21), bed.passed(minute + 30), bed.signs(minute + 31)]
    said = bed.advice(order, events, minute + 32)
    assert said.kind == "ask" and {name for name, _ in said.elsewhere} == {"pack uk"}


@pytest.mark.parametrize(
    "bad",
    [
        lambda b, m: [b.symptom(m, severity="severe")],
        lambda b, m: [b.symptom(m, "thrombosis", "mild")],
        lambda b, m: [b.signs(m, systolic="89")],
        lambda b, m: [b.signs(m, oxygen_saturation="92")],
    ],
)
def test_a_severe_reaction_stops_for_good(order_of, bed, bad):
    order = order_of()
    events, minute = bed.up_to(order, 2)
    events += bad(bed, minute + 5)
    assert bed.advice(order, events, minute + 5).kind == "stop"
    events += [has.Stopped(at=bed.at(minute + 6)), bed.passed(minute + 20), bed.signs(minute + 25)]
    said = bed.advice(order, events, minute + 26)
    assert said.kind == "stop" and said.to_ml_per_h is None


@pytest.mark.parametrize(
    "signs_of_it",
    [
        lambda b, m: [b.symptom(m, "anaphylaxis", "moderate")],
        lambda b, m: [b.symptom(m, "rash"), b.symptom(m, "breathing-problems")],
        lambda b, m: [b.symptom(m, "itching"), b.symptom(m, "vomiting")],
        lambda b, m: [b.symptom(m, "rash"), b.signs(m, systolic="83")],
        lambda b, m: [b.symptom(m, "rash"), b.signs(m, oxygen_saturation="91")],
        lambda b, m: [b.signs(m, systolic="80", oxygen_saturation="90")],
        lambda b, m: [b.symptom(m, "headache", "life-threatening")],
    ],
)
def test_suspected_anaphylaxis_stops_at_once_and_has_no_way_back(order_of, bed, signs_of_it):
    order = order_of()
    events, minute = bed.up_to(order, 2)
    events += signs_of_it(bed, minute + 5)
    said = bed.advice(order, events, minute + 5)
    assert said.kind == "stop-at-once" and "adrenaline" in said.says.lower() and said.used
    events += [has.Stopped(at=bed.at(minute + 6)), bed.passed(minute + 7), bed.signs(minute + 60)]
    for later in (minute + 8, minute + 61, minute + 300):
        said = bed.advice(order, events, later)
        assert said.kind == "stop" and said.to_ml_per_h is None and "stays stopped" in said.says
    events += [bed.resume(minute + 62, 42)]
    assert bed.advice(order, events, minute + 63).kind == "stop-at-once"
    assert "allow no restart" in chart(order, events).against[0]


def test_one_system_alone_is_no_anaphylaxis(order_of, bed):
    order = order_of()
    events, minute = bed.up_to(order, 2)
    events += [bed.symptom(minute, "rash"), bed.symptom(minute, "itching"), bed.symptom(minute, "nausea")]
    assert chart(order, events).supervision == "reacting"


def test_a_fall_of_pressure_counts_against_the_persons_own(order_of, bed):
    order = order_of()
    base = [bed.signs(-5, systolic="150"), bed.start(order)]
    assert chart(order, [*base, bed.signs(15, systolic="105")]).supervision == "clear"
    assert chart(order, [*base, bed.signs(15, systolic="104")]).supervision == "barred"
    low = [bed.signs(-5, systolic="88"), bed.start(order)]
    assert chart(order, [*low, bed.signs(15, systolic="86")]).supervision == "clear", "already below before the start"


def test_a_pause_without_a_reaction_goes_on_at_the_rate_before(order_of, bed):
    order = order_of()
    events, minute = bed.up_to(order, 3)
    events += [bed.pause(minute + 5)]
    assert bed.advice(order, events, minute + 10).kind == "check"
    said = bed.advice(order, [*events, bed.signs(minute + 10)], minute + 11)
    assert (said.kind, said.to_ml_per_h) == ("restart", 168)


def test_a_rate_above_the_maximum_is_brought_down(order_of, bed):
    order = order_of()
    said = bed.advice(order, [bed.signs(-5), bed.start(order), bed.rate(5, 400)], 6)
    assert (said.kind, said.to_ml_per_h) == ("slow", 336)


def test_a_product_with_its_own_maximum_after_a_reaction_keeps_it(order_of, bed, known):
    order = order_of("flebogamma_dif_10:1x1", "eu")
    assert order.after_reaction_ml_per_h == 168
    assert order.after_reaction.fact.id.endswith("rate_after_reaction_maximum")
    again = replace(
        order.rules.restart or known_restart(known), to="last-tolerated", then="again", fraction=None, after=None
    )
    order = replace(order, rules=replace(order.rules, restart=again))
    events, minute = bed.up_to(order, 5)
    events += [bed.symptom(minute + 5), bed.pause(minute + 6), bed.passed(minute + 10), bed.signs(minute + 11)]
    assert bed.advice(order, events, minute + 12).to_ml_per_h == 168


def known_restart(known):
    from opsonin.infusion.rules import rules_in_force

    return rules_in_force(known.pack("us"), known).restart


def test_a_sites_pack_may_say_half_and_may_let_the_rate_rise_again(order_of, bed, known):
    order = order_of()
    rule = replace(known_restart(known), to="fraction", fraction=Decimal("0.5"), then="again")
    order = replace(order, rules=replace(order.rules, restart=rule))
    events, minute = bed.up_to(order, 3)
    events += [bed.symptom(minute + 5, severity="moderate"), bed.pause(minute + 6), bed.passed(minute + 10)]
    events += [bed.signs(minute + 11)]
    assert bed.advice(order, events, minute + 12).to_ml_per_h == 84
    events += [bed.resume(minute + 12, 84), bed.signs(minute + 27), bed.signs(minute + 42)]
    assert bed.advice(order, events, minute + 43).to_ml_per_h == 168


def test_in_use_time_of_the_bag(order_of, bed):
    order = order_of("octagam_10:1x1")
    events = [bed.signs(-5), bed.start(order)]
    assert bed.advice(order, events, 8 * 60 + 1).rule == "in-use time"
    pooled = [bed.signs(-5), bed.start(order, pooled_at=bed.at(-60))]
    assert bed.advice(order, pooled, 7 * 60 + 1).rule == "in-use time"
    fresh = [*pooled, has.BagChanged(at=bed.at(120), pooled_at=bed.at(100))]
    assert bed.advice(order, fresh, 7 * 60 + 1).rule != "in-use time"


@pytest.mark.parametrize(("day", "minutes"), [(1, 60), (2, 20)])
def test_watching_after_the_end(order_of, bed, day, minutes):
    order = order_of("gamunex_c:1x2", day=day)
    events = [bed.signs(-5), bed.start(order), has.Ended(at=bed.at(300)), bed.signs(300)]
    said = bed.advice(order, events, 301)
    assert said.kind == "observe" and f"{bed.at(300) + timedelta(minutes=minutes):%H:%M}" in said.says
    events += [bed.signs(330), bed.signs(360)]
    assert bed.advice(order, events, 361).kind == "done"
