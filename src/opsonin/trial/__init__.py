"""What does the model say of a trial, and was the trial like that?

Takes: a trial declared in a file (population, regimen, visits, endpoints, published values), Knowledge, a seed. Gives:
an Outcome of virtual patients by arm; a Validation of every published endpoint beside its prediction.
May import: population, response, mechanism, simulate, patient, regimen, knowledge and below.
"""

from opsonin.trial.declaration import Trial, trial_schema
from opsonin.trial.read import declared_trials, read_trial, read_trials
from opsonin.trial.run import Outcome, run_trial
from opsonin.trial.split import declared_split
from opsonin.trial.validate import Validation, validate

__all__ = [
    "Outcome",
    "Trial",
    "Validation",
    "declared_split",
    "declared_trials",
    "read_trial",
    "read_trials",
    "run_trial",
    "trial_schema",
    "validate",
]
