"""Trial files: what is refused, and that every problem is said at once."""

from pathlib import Path

import pytest
import yaml

from opsonin.errors import InputRefused
from opsonin.trial import declared_split, declared_trials, read_trial, read_trials, trial_schema
from opsonin.trial.read import ARMS

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "examples" / "trials" / "one-or-two-grams.yaml"


@pytest.fixture
def changed(tmp_path):
    """The example with something changed, read."""

    def read(change):
        document = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
        change(document)
        path = tmp_path / "changed.yaml"
        path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
        return read_trial(path)

    return read


def refused(changed, change) -> str:
    with pytest.raises(InputRefused) as caught:
        changed(change)
    return str(caught.value)


def endpoint(document, number=0):
    return document["arms"][0]["endpoints"][number]


def test_the_example_is_read():
    trial = read_trial(EXAMPLE)
    assert [arm.id for arm in trial.arms] == ["if_needed", "two_days"]
    assert trial.arms[0].regimen.schedules[0].doses[1].unless.measure == "reached"


@pytest.mark.parametrize("path", sorted(EXAMPLE.parent.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_example_is_read_and_its_comment_names_its_command(path):
    assert len(read_trial(path).arms) >= 2
    assert f"opsonin trial examples/trials/{path.name}" in path.read_text(encoding="utf-8")


def test_every_problem_is_said_at_once(changed):
    def change(document):
        endpoint(document)["measure"] = "cured"
        endpoint(document, 1)["with"] = {"within": 7, "colour": "red"}
        endpoint(document, 2)["with"] = {}

    said = refused(changed, change)
    assert "6 problems" in said  # three in the endpoints that both arms share
    assert "arms.if_needed.endpoints.at_least_50_by_day_7.measure = cured: is not known here." in said
    assert "with.colour = red: is not an argument." in said
    assert "with.threshold: is missing." in said


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.update(schema="opsonin-trial/2"), "opsonin-trial/1"),
        (lambda d: d.update(colour="red"), "colour = red"),
        (lambda d: d.pop("visits"), "visits: are missing"),
        (lambda d: d.pop("population"), "population: is missing"),
        (lambda d: d.update(visits=[0, 2, 1]), "have to begin with 0 and to increase"),
        (lambda d: d.update(visits=[1, 2, 3]), "have to begin with 0 and to increase"),
        (lambda d: d["arms"][1].update(id="if_needed"), "stands twice"),
        (lambda d: d["arms"][0]["regimen"]["schedules"][0].update(share=0.5), "add up to 1"),
        (lambda d: d["population"]["weight_kg"].update(low=200), "low has to be below high"),
        (lambda d: endpoint(d).update(statistic="median"), "does not fit the kind"),
        (lambda d: endpoint(d).update(measure="highest"), "is not known here"),
        (lambda d: endpoint(d).pop("statistic"), "needs kind, measure and statistic"),
        (lambda d: endpoint(d).update(measure="above-on", **{"with": {"threshold": 20, "day": 5.5}}), "is not a visit"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_is_refused_in_words(changed, change, words):
    assert words in refused(changed, change)


def test_a_condition_may_not_look_ahead(changed):
    def change(document):
        dose = document["arms"][0]["regimen"]["schedules"][0]["doses"][1]
        dose["unless"] = {"measure": "above-on", "with": {"threshold": 50, "day": 3}}

    assert "dose on day 2, unless.with.day = 3: is not a visit by then." in refused(changed, change)


def test_what_is_not_yaml_or_not_a_trial_is_refused(tmp_path):
    for text, words in (("a: [", "cannot be read as YAML"), ("- 1", "does not hold a trial")):
        (tmp_path / "odd.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(InputRefused, match=words):
            read_trial(tmp_path / "odd.yaml")


def test_a_folder_without_trials_or_with_one_twice_is_refused(tmp_path):
    with pytest.raises(InputRefused, match="holds no trial files"):
        read_trials(tmp_path)
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(InputRefused, match="stands in two files"):
        read_trials(tmp_path)


def test_the_schema_holds_the_example():
    jsonschema = pytest.importorskip("jsonschema")
    document = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    jsonschema.validate(document, trial_schema())


def test_every_declared_study_has_a_place_in_the_split_and_a_source():
    split, trials = declared_split(), declared_trials()
    assert {trial.id for trial in trials} == set(split.of)
    for trial in trials:
        assert trial.source is not None, trial.id
        assert trial.read_on is not None, trial.id
        assert (ARMS / f"{trial.id}.yaml").exists(), trial.id


def test_published_rates_agree_with_their_numbers():
    for trial in declared_trials():
        for arm in trial.arms:
            for found in arm.endpoints:
                published = found.published
                if found.kind == "rate" and published and published.events is not None:
                    assert published.n is not None
                    rate = 100 * published.events / published.n
                    assert rate == pytest.approx(published.value, abs=1.2), f"{trial.id}/{arm.id}/{found.id}"
