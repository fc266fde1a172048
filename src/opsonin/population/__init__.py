"""How do people differ, and who might this be?

Takes: a patient, or a body weight and counts, and the model's parameters with their spread. Gives: virtual people.
May import: mechanism, simulate, patient and below. The same seed gives the same people, however many are asked for.
"""

from opsonin.population.bands import Bands, bands
from opsonin.population.cohort import Cohort, people, people_like
from opsonin.population.draws import truncated_log_normal
from opsonin.population.reports import Laboratory, laboratory, reported

__all__ = [
    "Bands",
    "Cohort",
    "Laboratory",
    "bands",
    "laboratory",
    "people",
    "people_like",
    "reported",
    "truncated_log_normal",
]
