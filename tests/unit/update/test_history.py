"""What was given and seen: corrections, episodes, interruptions, what masks and what voids the forecast."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from opsonin.errors import InputRefused
from opsonin.patient import GivenDose
from opsonin.patient.event import Event
from opsonin.update.events import case_events, merged
from opsonin.update.history import history

ZERO = datetime(2026, 11, 3, 9, tzinfo=UTC)
AS_OF = date(2026, 11, 20)


def given(day, grams=70, **more):
    return Event("given", ZERO + timedelta(days=day), "nurse", "ward", f"given {day}", "immunoglobulin", "privigen",
                 Decimal(grams), f"{grams} g", **more)  # fmt: skip


def count(day, value, **more):
    return Event("measured", ZERO + timedelta(days=day), "lab", "lab", f"count {day}", "platelets", None,
                 Decimal(value), f"{value}", **more)  # fmt: skip


def other(what, day, **more):
    return Event("given", ZERO + timedelta(days=day), "nurse", "ward", f"{what} {day}", what, **more)


def seen(*events):
    return history(events, as_of=AS_OF, length_days=0.2)


def test_the_clock_starts_with_the_first_infusion():
    found = seen(count(-1, 9), given(0), given(1), count(2.5, 60))
    assert found.zero == ZERO
    assert found.baseline.value == 9
    assert [one.day for one in found.observed] == [2.5]
    assert found.today == pytest.approx(17.125)


def test_without_a_dose_or_a_count_before_it_there_is_nothing_to_follow():
    with pytest.raises(InputRefused, match="nothing to follow"):
        seen(count(0, 9))
    with pytest.raises(InputRefused, match="before the first infusion"):
        seen(given(0), count(1, 9))


def test_a_count_known_only_by_its_day_is_before_an_infusion_of_that_day():
    early = given(-0.2)  # 04:12, before 08:00
    found = seen(count(-0.04, 9, day_only=True), early)
    assert found.baseline.value == 9


def test_an_interruption_leaves_its_time_without_immunoglobulin():
    start = ZERO
    pause = (start + timedelta(hours=1), start + timedelta(hours=2))
    found = seen(count(-1, 9), given(0, until=start + timedelta(hours=5), interruptions=(pause,)))
    (first, second) = found.segments
    assert first == pytest.approx((0.0, 1 / 24, 17.5))
    assert second == pytest.approx((2 / 24, 3 / 24, 52.5))


def test_only_the_latest_episode_counts():
    found = seen(count(-101, 5), given(-100), count(-1, 12), given(0))
    assert len(found.infused) == 1
    assert found.baseline.value == 12
    assert any("washed out" in note for note in found.notes)


def test_a_correction_withdraws_an_event():
    wrong = count(2, 600, id="a")
    correction = Event("correction", ZERO + timedelta(days=3), "lab", "lab", "c", corrects="a")
    assert [one.value for one in seen(count(-1, 9), given(0), wrong, correction, count(2, 60)).observed] == [60]


def test_a_platelet_transfusion_masks_later_counts_and_voids_the_forecast():
    found = seen(count(-1, 9), given(0), count(1, 20), other("platelet-transfusion", 2), count(3, 70))
    assert [one.value for one in found.observed] == [20]
    assert found.not_modelled == ("platelets were transfused on 2026-11-05",)


@pytest.mark.parametrize(("raises", "voids"), [(True, True), (None, True), (False, False)])
def test_another_medicine_voids_the_forecast_unless_it_is_said_not_to_raise_platelets(raises, voids):
    found = seen(count(-1, 9), given(0), other("dexamethasone", 1, raises_platelets=raises))
    assert bool(found.not_modelled) is voids


def test_a_count_of_nothing_is_read_as_below_one():
    (one,) = seen(count(-1, 9), given(0), count(1, 0)).observed
    assert (one.value, one.below) == (1.0, True)


def test_what_stands_in_case_and_file_is_refused(person):
    patient = person(given=(GivenDose("privigen", Decimal(70), ZERO.date(), None),))
    twice = given(0.1)
    with pytest.raises(InputRefused, match="stands in the case too"):
        merged(case_events(patient, UTC), [twice])


def test_two_infusions_cannot_run_at_once():
    first = given(0, until=ZERO + timedelta(hours=5))
    with pytest.raises(InputRefused, match="before the infusion"):
        merged([], [first, given(0.1, grams=10)])
