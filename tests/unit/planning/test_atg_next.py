"""The answer of the morning: exact boundaries, what withholds it, what it never does."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsonin.knowledge import load_knowledge
from opsonin.patient import ATG_RISKS, Circumstances, GlobulinDose, Measurement, Recipient, Request, Weight
from opsonin.therapy import next_dose

KNOWN = load_knowledge()
D = Decimal
FIRST = date(2026, 11, 21)
TODAY = date(2026, 11, 23)  # the third day

UNITS = {"white-cells": "10^9/L", "platelets": "10^9/L", "lymphocytes": "10^9/L", "cd3": "/uL", "cd2": "/uL"}


def counted(on=TODAY, **values):
    return tuple(
        Measurement(what.replace("_", "-"), D(str(value)), UNITS[what.replace("_", "-")], on, str(value))
        for what, value in values.items()
    )


def doses(number, mg=105, product="thymoglobulin"):
    return tuple(GlobulinDose(product, D(mg), FIRST + timedelta(days=day), None) for day in range(number))


def answer(counts, *, given_doses=2, protocol="thymoglobulin_us/kidney-rejection", on=TODAY, recipient=None, **asked):
    someone = Recipient(
        id="next", sex="female", age_years=D(40), weight=Weight(D(70), FIRST, "70 kg"), height_cm=D(170),
        pregnant=False,
        lactating=False, measurements=counts, risks=dict.fromkeys(ATG_RISKS, False), medicines=(), vaccines=(),
        given=doses(given_doses, product=KNOWN.protocols[protocol].product), previous=(), skin_test=None, cmv=None,
        ebv=None,
    )  # fmt: skip
    someone = replace(someone, **(recipient or {}))
    request = Request(
        indication=KNOWN.protocols[protocol].indications[0], graft=None, transplant_on=None, transplant_at=None,
        protocol=protocol, dose_mg_per_kg=None, doses=None, redosing=None, route="intravenous", line="central",
        diluent=None, final_volume_ml=D(500), hours_first=None, hours_later=None,
    )  # fmt: skip
    place = Circumstances(on, datetime(2026, 11, 21, 8, tzinfo=UTC), "us", None, D(1), {}, {})
    return next_dose(someone, replace(request, **asked), place, knowledge=KNOWN)


@pytest.mark.parametrize(
    ("white_cells", "platelets", "verdict"),
    [
        ("3.001", "75.001", "full"),
        ("3", "200", "half"),  # the upper ends belong to halving: an assumption
        ("8", "75", "half"),
        ("2", "200", "half"),  # the lower ends belong to halving: the label says "below" for stopping
        ("8", "50", "half"),
        ("1.999", "200", "consider-stopping"),
        ("8", "49.999", "consider-stopping"),
        ("2.5", "49.9", "consider-stopping"),
        ("1.9", "60", "consider-stopping"),
        ("2.5", "60", "half"),
    ],
)
def test_boundaries_of_halving_and_stopping(white_cells, platelets, verdict):
    found = answer(counted(white_cells=white_cells, platelets=platelets))
    assert found.verdict == verdict
    expected = {"full": D(105), "half": D("52.5"), "consider-stopping": None}[verdict]
    assert (found.infusion.mg if found.infusion else None) == expected


def test_the_upper_end_says_that_it_is_an_assumption():
    assert "assumption" in " ".join(answer(counted(white_cells=3, platelets=200)).why)
    assert "assumption" not in " ".join(answer(counted(white_cells="2.9", platelets=200)).why)


@given(st.integers(0, 12_000), st.integers(0, 400_000))
def test_fewer_cells_never_mean_more_dose(white_per_ul, platelets_per_ul):
    order = {"consider-stopping": 0, "half": 1, "full": 2}
    here = answer(counted(white_cells=D(white_per_ul) / 1000, platelets=D(platelets_per_ul) / 1000))
    less = answer(counted(white_cells=D(white_per_ul) / 2000, platelets=D(platelets_per_ul) / 2000))
    assert order[less.verdict] <= order[here.verdict]
    if here.infusion is not None:
        assert here.infusion.mg * 2 in (here.scheduled.mg, 2 * here.scheduled.mg)
        assert here.infusion.hours >= here.infusion.minimum_hours == 4


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((), "White cells: no count"),
        (counted(white_cells=8), "Platelets: no count"),
        (counted(on=TODAY - timedelta(days=1), white_cells=8, platelets=200), "not of 2026-11-23"),
    ],
)
def test_missing_or_old_counts_withhold_the_answer(counts, words):
    found = answer(counts)
    assert (found.verdict, found.infusion) == ("withheld", None)
    assert words in " ".join(found.why)
    assert found.would_change


def test_one_count_that_stops_is_enough():
    assert answer(counted(white_cells=1)).verdict == "consider-stopping"


def test_low_counts_that_are_the_disease_do_not_halve():
    found = answer(counted(white_cells=1, platelets=9), protocol="thymoglobuline_ch/aplastic-anaemia",
                   dose_mg_per_kg=D(3))  # fmt: skip
    assert (found.verdict, found.infusion.mg) == ("full", D(210))
    assert "disease" in " ".join(found.why)


def test_a_product_without_a_rule_says_so():
    found = answer(counted(white_cells=1, platelets=9), protocol="atgam_us/kidney-delay-of-rejection")
    assert found.verdict == "full"
    assert "No rule" in " ".join(found.why)


@pytest.mark.parametrize(
    ("pack", "counts", "verdict"),
    [
        ("cd3-30", {"cd3": 30}, "hold"),
        ("cd3-30", {"cd3": "30.1"}, "full"),
        ("cd3-20", {"cd3": "19.9"}, "hold"),
        ("cd3-20", {"cd3": 20}, "full"),
        ("heart-cd3-25", {"cd3": 25}, "hold"),
        ("heart-cd3-25", {"cd3": 26}, "full"),
        ("cd2-50", {"cd2": 49}, "hold"),
        ("cd2-50", {"cd2": 50}, "full"),
        ("lymphocytes-70", {"lymphocytes": "0.07"}, "hold"),
        ("lymphocytes-70", {"lymphocytes": "0.071"}, "full"),
        ("cd3-30", {}, "withheld"),
    ],
)
def test_redosing_packs(pack, counts, verdict):
    found = answer(counted(white_cells=8, platelets=200, **counts), redosing=pack)
    assert found.verdict == verdict


def test_a_redosing_pack_does_not_hold_the_first_dose():
    found = answer(counted(on=FIRST, white_cells=8, platelets=200, cd3=1), given_doses=0, on=FIRST, redosing="cd3-30")
    assert found.verdict == "full"


def test_every_redosing_pack_is_tried_above():
    packs = {fact.id.rpartition("/")[2] for fact in KNOWN.facts_under("policies/atg_redosing")}
    tried = {mark.args[1][row][0] for mark in test_redosing_packs.pytestmark for row in range(len(mark.args[1]))}
    assert packs == tried


def test_a_missed_dose_is_named_and_nothing_is_moved():
    found = answer(counted(white_cells=8, platelets=200), given_doses=1)
    assert found.missed == (date(2026, 11, 22),)
    assert (found.verdict, found.infusion.mg) == ("full", D(105))


@pytest.mark.parametrize(("given_doses", "on", "verdict"), [(3, TODAY, "not-due"), (14, date(2026, 12, 5), "complete")])
def test_nothing_is_due(given_doses, on, verdict):
    assert answer(counted(on=on, white_cells=8, platelets=200), given_doses=given_doses, on=on).verdict == verdict


def test_the_cumulative_dose_is_never_passed():
    found = answer(
        counted(white_cells=8, platelets=200), protocol="thymoglobuline_ch/rejection",
        recipient={"given": doses(2, mg=700)},
    )  # fmt: skip
    assert (found.verdict, found.infusion) == ("withheld", None)
    assert "would pass" in found.why[0]


def test_an_active_infection_withholds():
    risks = {**dict.fromkeys(ATG_RISKS, False), "active_infection": True}
    found = answer(counted(white_cells=8, platelets=200), recipient={"risks": risks})
    assert found.verdict == "withheld"
    assert "infection" in " ".join(found.why)


def test_an_open_dose_withholds():
    found = answer(counted(white_cells=8, platelets=200), protocol="thymoglobuline_ch/organ-prophylaxis")
    assert (found.verdict, found.infusion) == ("withheld", None)


def test_without_a_protocol_there_is_no_answer():
    base = answer(counted(white_cells=8, platelets=200))
    free = replace(base.request, protocol=None)
    found = next_dose(base.recipient, free, base.circumstances, knowledge=KNOWN)
    assert (found.verdict, found.infusion) == ("withheld", None)


def test_trend_and_what_would_change():
    series = (*counted(on=FIRST, white_cells=8), *counted(white_cells="2.6", platelets=200))
    found = answer(series)
    white = found.counts[0]
    assert white.trend == "8 on 2026-11-21 → 2.6 on 2026-11-23; -5.4 (-68 %) since the value before"
    assert any("above 3" in line and "below 2" in line for line in found.would_change)
    assert found.given_mg_per_kg == 3
