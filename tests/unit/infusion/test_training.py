"""The exercises: seeded, answering to what is done, and looked back on beside the rules."""

from datetime import UTC, datetime

import pytest

from opsonin.case import read_case
from opsonin.case.scenario_file import case_text, read_scenario, scenarios
from opsonin.cli.bedside_words import line_of
from opsonin.cli.train import _set_up
from opsonin.errors import InputRefused
from opsonin.infusion.advice import advice
from opsonin.infusion.debrief import AGAINST, AS_ADVISED, debrief

SCENARIOS = scenarios()


def exercise_of(id, seed=1):
    return _set_up(read_scenario(id), seed)[0]


def obey(exercise, *, minutes=1400):
    """A trainee who does what the rules say, minute by minute."""
    vials = "vials 10" if exercise.order.unit == "g" else "vials 25mg"
    while exercise.minute < minutes and exercise.chart.finished is None:
        said = advice(exercise.chart, exercise.now)
        if said.kind == "check":
            exercise.act({"kind": "vitals"})
            if advice(exercise.chart, exercise.now).kind == "check":
                exercise.wait(1)
        elif said.kind == "begin":
            exercise.act(line_of(f"start {said.to_ml_per_h} mL/h lot A1 {vials}"))
        elif said.kind in ("raise", "slow") and said.to_ml_per_h is not None:
            exercise.act(line_of(f"rate {said.to_ml_per_h} mL/h"))
        elif said.kind in ("pause", "slow"):
            exercise.act(line_of("pause reaction"))
        elif said.kind == "restart":
            exercise.act(line_of(f"resume {said.to_ml_per_h} mL/h"))
        elif said.kind in ("stop", "stop-at-once", "ask"):
            exercise.act(line_of("stop as advised"))
        elif said.kind == "end":
            exercise.act(line_of("end"))
        else:
            exercise.wait(1)
    exercise.finish()
    return debrief(exercise)


def test_ten_and_more_exercises_come_with_the_package():
    assert len(SCENARIOS) >= 10
    for id in ("uneventful-child", "rate-related-headache", "chills-on-step-3", "hypotension", "rash-then-anaphylaxis",
               "fluid-overload", "atg-cytokine-release"):  # fmt: skip
        assert id in SCENARIOS
    for scenario in SCENARIOS.values():
        assert read_case(case_text(scenario)).circumstances.limits


@pytest.mark.parametrize("id", sorted(SCENARIOS))
def test_who_obeys_the_rules_is_never_judged_against_them(id):
    exercise = exercise_of(id)
    found = obey(exercise)
    assert found.count(AGAINST) == 0, [one for one in found.judged if one.verdict == AGAINST]
    assert found.count(AS_ADVISED) >= 4
    assert [delay for delay in found.delays if delay.kind in ("stop-at-once", "stop", "pause", "slow")] == []
    assert exercise.chart.finished is not None
    if id == "uneventful-child":
        assert found.given_share == 1 and found.tolerated.reaction == "none"
    if id == "atg-cytokine-release":
        assert exercise.order.unit == "mg" and exercise.order.shortest_min == 360
        assert max(s.ml_per_h for s in exercise.chart.closed) <= exercise.order.maximum_ml_per_h


def test_the_same_seed_brings_the_same_day_and_another_another():
    first, again, other = (obey(exercise_of("chills-on-step-3", seed)) for seed in (1, 1, 2))
    assert first.minutes == again.minutes
    assert [m.minute for m in first.minutes if m.supervision == "reacting"] != [
        m.minute for m in other.minutes if m.supervision == "reacting"
    ]


def test_chance_draws_from_the_hazards_of_the_shelf_and_a_reaction_comes():
    exercise = exercise_of("by-chance")
    assert {hazard.kind for hazard in exercise.person.hazards} == {"reaction", "anaphylaxis"}
    obey(exercise)
    assert exercise.person._reached[0] >= exercise.person._drawn[0].at


def test_going_on_regardless_ends_in_anaphylaxis_and_the_debrief_says_so():
    exercise = exercise_of("rash-then-anaphylaxis")
    exercise.act({"kind": "vitals"})
    exercise.act(line_of("start 84 mL/h lot A1 vials 10"))
    while not exercise.chart.suspicion:
        exercise.wait(30)
    exercise.wait(5)
    exercise.act(line_of("rate 168 mL/h"))
    exercise.act(line_of("stop at last"))
    exercise.finish()
    found = debrief(exercise)
    verdicts = [one.verdict for one in found.judged]
    assert verdicts == [AS_ADVISED, AGAINST, AGAINST, AS_ADVISED]
    late = next(delay for delay in found.delays if delay.kind == "stop-at-once")
    assert late.minutes >= 4 and late.followed
    assert "skin" in found.suspicion and "breathing" in found.suspicion


def test_a_scenario_of_ones_own_is_read_and_its_mistakes_are_named(tmp_path):
    text = (  # as one of the package, with a slip
        "title: Mine\nstory: A story.\nteaches: Something.\npack: us\nregimen: gamunex_c:1x1\n"
        "person: {age: 47 years, sex: female, weight: 70 kg, height: 168 cm}\n"
        "first_signs: {temperature_c: 36.7, systolic: 120, diastolic: 70, pulse: 70, respiratory_rate: 15}\n"
        "reactions:\n  - {symptom: headache, severity: awful}\n"
    )
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused) as refused:
        read_scenario(str(path))
    assert {problem.field for problem in refused.value.problems} == {"first_signs", "reactions[0].severity"}
    path.write_text(text.replace("awful", "mild").replace("15}", "15, oxygen_saturation: 98}"), encoding="utf-8")
    assert read_scenario(str(path)).reactions[0].severity == "mild"
    with pytest.raises(InputRefused, match="is not known"):
        read_scenario("no-such-exercise")


def test_the_clock_begins_at_the_planned_start():
    assert exercise_of("uneventful-child").begins == datetime(2026, 11, 20, 9, tzinfo=UTC)
