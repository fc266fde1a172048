"""Children with a preceding infection: what is found without treatment says what was published with it.

The size of the predictor is found on the untreated arm of the TIKI trial alone: odds ratio of 100 or more at 1 week
5.86. In the treated arm the trial found 2.33 (0.98 to 5.54), which is not used.
"""

from opsonin.trial import read_trial
from opsonin.trial.calibrated import read_ensemble
from opsonin.trial.carried import Study, named_in, odds_ratio
from opsonin.trial.declaration import Carried
from opsonin.trial.read import ARMS


def test_a_predictor_of_recovery_explains_the_difference_under_treatment(known):
    trial, children = read_trial(ARMS / "tiki_2018.yaml"), read_ensemble().children
    carried = Carried(predictor="preceding_infection", percent=52, says="51 of 98 untreated children")
    population = trial.population.model_copy(update={"predictors": (carried,)})
    asked = trial.model_copy(update={"population": population})
    named = named_in(asked, knowledge=known, parameters=children, seed=1)["observation"][0]
    assert named.carriers.shift < 0, "the disease goes earlier"
    treated = next(arm for arm in trial.arms if arm.id == "ivig")
    study = Study(trial, treated, treated.endpoints[0])
    found = odds_ratio(named.carriers, study, knowledge=known, parameters=children, seed=2)
    published = next(e.odds_ratio for e in known.predictors if e.id == "preceding_infection_tiki_2018")
    assert published.low < found < published.high
    assert found < named.simulated_odds_ratio / 1.5, "immunoglobulin helps those who would not have recovered"
