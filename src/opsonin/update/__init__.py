"""What do the results tell about this patient, and what could be done next?

Takes: a patient, what was given and measured since (events), and the Knowledge. Gives: a FollowUp: response so far,
fit, the patient's own forecast, options side by side, the most telling next count; or why there is no forecast. Of
a recipient of antithymocyte globulin: an AtgFollowUp, exploratory.
May import: population, response, mechanism, simulate, patient, regimen, knowledge and below; ArviZ when it weighs.
"""

from opsonin.patient.event import Event
from opsonin.update.answer import FollowUp, NextCount, Option, Outlook, ResponseSoFar
from opsonin.update.atg_answer import AtgFollowUp
from opsonin.update.atg_follow import follow_atg
from opsonin.update.events import case_events
from opsonin.update.fit import Fit, PointFit
from opsonin.update.follow import follow
from opsonin.update.history import History, history
from opsonin.update.sample import BayesNotInstalled, Sample
from opsonin.update.weigh import Settings

__all__ = [
    "AtgFollowUp",
    "BayesNotInstalled",
    "Event",
    "Fit",
    "FollowUp",
    "History",
    "NextCount",
    "Option",
    "Outlook",
    "PointFit",
    "ResponseSoFar",
    "Sample",
    "Settings",
    "case_events",
    "follow",
    "follow_atg",
    "history",
]
