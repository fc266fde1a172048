"""How long a bag may hang and how soon it has to be begun; what the pump says beside rate and time."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from opsonin.infusion import chart, totals
from opsonin.infusion import happenings as has
from opsonin.infusion.order import InUse, in_use


@pytest.fixture
def pooled(order_of, known):
    """An order of a product that is begun within 2 hours of pooling, and one that is in within 8."""
    facts = known.product("gammaplex_5").facts
    (begin,) = in_use(facts)
    assert (begin.what, begin.within) == ("begin", timedelta(hours=2))
    return replace(order_of(), in_use=(begin,))


def test_before_the_start_the_fact_is_said(pooled, bed):
    said = bed.advice(pooled, [bed.signs(-5)], 0)
    assert said.kind == "begin" and pooled.in_use[0].fact in said.facts
    assert any("2 h; write when it was made" in used for used in said.used)


def test_a_bag_begun_in_time_has_its_latest_begin_shown(pooled, bed):
    made = bed.at(-100)
    started = chart(pooled, [bed.signs(-5), bed.start(pooled, 0, pooled_at=made)])
    stand = totals(started, bed.at(1))
    assert stand.latest_begin == made + timedelta(hours=2) and stand.latest_end is None


def test_a_bag_begun_too_late_is_to_be_replaced(pooled, bed):
    made = bed.at(-121)
    events = [bed.signs(-5), bed.start(pooled, 0, pooled_at=made)]
    said = bed.advice(pooled, events, 1)
    assert (said.kind, said.rule) == ("ask", "in-use time")
    assert "had to be begun by 08:59 and was begun at 09:00" in said.says
    assert totals(chart(pooled, events), bed.at(1)).latest_end == made + timedelta(hours=2)
    replaced = [*events, has.BagChanged(at=bed.at(5), lot="A2", pooled_at=bed.at(4))]
    assert bed.advice(pooled, replaced, 6).rule != "in-use time"


def test_a_bag_begun_in_time_ends_by_its_other_limit(pooled, bed):
    both = replace(pooled, in_use=(*pooled.in_use, InUse("finish", timedelta(hours=8), pooled.in_use[0].fact)))
    started = chart(both, [bed.signs(-5), bed.start(both, 0, pooled_at=bed.at(-60))])
    assert totals(started, bed.at(1)).latest_end == bed.at(-60) + timedelta(hours=8)
    unknown = chart(both, [bed.signs(-5), bed.start(both, 0)])
    assert totals(unknown, bed.at(1)).latest_end == bed.at(0) + timedelta(hours=8)


def test_the_pumps_readings_stand_beside_rate_and_time(order_of, bed):
    order = order_of()
    events = [
        bed.signs(-5),
        bed.start(order, 0, ml_per_h=Decimal(42)),
        has.Paused(at=bed.at(60), says="walk", pump_ml=Decimal("40.5")),
        bed.resume(70, 42),
        has.Paused(at=bed.at(130), says="walk", pump_ml=Decimal(84)),
        bed.resume(140, 42),
        has.Stopped(at=bed.at(200), says="fault", pump_ml=Decimal(125)),
    ]
    read = totals(chart(order, events), bed.at(201)).readings
    assert [(one.at, one.differs_ml) for one in read] == [
        (bed.at(60), Decimal("-1.5")), (bed.at(130), 0), (bed.at(200), -1),
    ]  # fmt: skip
    until_pause = chart(order, events[:3])
    assert until_pause.given_ml(bed.at(61)) == 42, "a reading on the way changes nothing that was charted"
    assert chart(order, events).given_ml(bed.at(201)) == 125
