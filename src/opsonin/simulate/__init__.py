"""The engine: what would the concentrations be?

Question: what happens to these individuals, given these events?
Takes: a `Model` (states, parameters, inputs, equations as plain functions), parameters per individual, an `EventTable`.
Gives: `Courses` of outputs and reductions, with who failed and how it was solved. Knows nothing of medicine.
May import: errors, quantities; numpy, numba, platformdirs, and SymPy only when a kernel is not in the cache.
"""

from opsonin.simulate.courses import Courses
from opsonin.simulate.events import EventTable
from opsonin.simulate.mathematics import exp, log, maximum, minimum, power, sqrt, where
from opsonin.simulate.model import Model
from opsonin.simulate.sensitivities import sensitivities
from opsonin.simulate.solve import solve

__all__ = [
    "Courses",
    "EventTable",
    "Model",
    "exp",
    "log",
    "maximum",
    "minimum",
    "power",
    "sensitivities",
    "solve",
    "sqrt",
    "where",
]
