"""Do the pieces of the model mean what their docstrings say? By hand, on one person."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from opsonin.mechanism import MODEL, fact_ids, typical
from opsonin.mechanism.igg import clearance
from opsonin.mechanism.platelets import blocked, immune_loss, stimulus, thrombopoietin_loss

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "itp-model.md"


@pytest.fixture(scope="module")
def adult(known):
    return SimpleNamespace(**typical(known))


def test_half_is_blocked_at_the_half_blocking_concentration(adult):
    assert blocked(adult.IC50, adult) == pytest.approx(0.5)
    assert 0 <= blocked(0.0, adult) == blocked(-1e-12, adult) < 1e-30
    assert 0.99 < blocked(40.0, adult) < 1.0


def test_clearance_rises_with_concentration(adult):
    levels = np.linspace(0, 80, 50)
    cleared = clearance(levels, adult, u=1)
    assert (np.diff(cleared) > 0).all() and cleared[-1] < adult.CLu
    assert cleared[0] == pytest.approx(adult.CLu * (1 - adult.FR0))


def test_immune_loss_is_what_production_and_count_leave(adult):
    """68/10 − 1/8.54 = 6.683 per day."""
    assert immune_loss(adult) == pytest.approx(6.683, abs=0.001)
    healthy = SimpleNamespace(**{**vars(adult), "P0": 2000.0})
    assert immune_loss(healthy) == adult.k_imm_min


def test_thrombopoietin_is_one_in_health(adult):
    healthy = SimpleNamespace(**{**vars(adult), "m0": 1.0})
    assert thrombopoietin_loss(adult.Pn, 1.0, healthy) == pytest.approx(1.0)
    assert stimulus(adult.ET50, adult) == 0.5


def test_the_effect_site_rises_fast_and_falls_slowly(adult):
    state = MODEL.initial_state(vars(adult))
    rising = MODEL.derivative({**state, "A1x": 10 * adult.V1, "X": 5.0}, vars(adult))["X"]
    falling = MODEL.derivative({**state, "A1x": 0.0, "X": 5.0}, vars(adult))["X"]
    assert rising == pytest.approx(adult.kon * 5) and falling == pytest.approx(-adult.koff * 5)


def test_full_blockade_leaves_senescence_and_the_unblockable_part(adult):
    state = MODEL.initial_state(vars(adult))
    slope = MODEL.derivative({**state, "X": 1e6}, vars(adult))["P"]
    made = (immune_loss(adult) + 1 / adult.lifespan) * adult.P0
    lost = (1 / adult.lifespan + adult.phi * immune_loss(adult)) * adult.P0
    assert slope == pytest.approx(made - lost, rel=1e-6)


def test_less_antibody_less_loss(adult):
    state = MODEL.initial_state(vars(adult))
    slope = MODEL.derivative({**state, "A1e": 0.5 * state["A1e"]}, vars(adult))["P"]
    assert slope == pytest.approx(immune_loss(adult) * adult.P0 * (1 - 0.5**adult.alpha), rel=1e-9)


def test_outputs(adult):
    state = MODEL.initial_state(vars(adult))
    seen = MODEL.observe({**state, "A1x": 35.0}, vars(adult))
    assert seen["platelets"] == adult.P0
    assert seen["igg_g_per_l"] == pytest.approx(adult.C0 + 35.0 / adult.V1)
    assert seen["infused_igg_g_per_l"] == pytest.approx(35.0 / adult.V1)


def test_every_fact_the_model_names_is_on_the_shelf_with_a_source(known):
    for id in fact_ids():
        assert known.fact(id).citations, id


def test_the_page_shows_every_parameter_as_it_stands_on_the_shelf(known):
    lines = PAGE.read_text("utf-8").splitlines()
    shown = {cells[2].strip("` "): [c.strip() for c in cells] for line in lines if len(cells := line.split("|")) == 8}
    facts = {id.rsplit("/", 1)[1]: fact for id, fact in known.facts.items() if id.startswith("models/ivig_itp_draft/")}
    for name, fact in facts.items():
        if name != "model":
            assert shown[name][3:5] == [str(fact.value), fact.unit], name
            assert shown[name][6] == f"{fact.obtained}, {fact.status}", name
