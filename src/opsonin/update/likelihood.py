"""How likely is a report, given the true value? The shelf's error, and a small chance that the report is simply wrong.

A report of the truth P is normal around P with the standard deviation √((proportional·P)² + additive²). With the
chance `GROSS` it is a gross error (another patient's tube, clumped platelets, a slip of the pen) and says nothing:
any value up to `WIDEST` is then as likely. One wild report is so set aside openly instead of dragging the forecast;
`suspicion` says how likely each report is to be one. A report "below x" counts with the probability of lying there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import log_ndtr, ndtr

from opsonin.mechanism import ReportError
from opsonin.population.draws import Floats
from opsonin.update.history import Observed

GROSS = 0.02  # assumed: 1 report in 50 says nothing about the patient
WIDEST = {  # a gross error lies anywhere up to here (assumed)
    "platelets": 1000.0, "igg": 100.0,  # 10⁹/L, g/L
    "lymphocytes": 10_000.0, "cd3": 5_000.0, "cd4": 5_000.0,  # cells/µL
    "total-atg": 1000.0, "active-atg": 100.0,  # µg/mL, AU/mL
}  # fmt: skip
_LOG_ROOT = 0.5 * np.log(2 * np.pi)

Errors = Mapping[str, ReportError]


def spread(true: Floats, error: ReportError) -> Floats:
    """The standard deviation of a report of these true values."""
    return np.asarray(np.hypot(error.proportional * true, error.additive))


def clean(observed: Sequence[Observed], true: Floats, errors: Errors) -> Floats:
    """Log-likelihood of each report if none is a gross error; true and answer (people, reports)."""
    columns = []
    for column, one in enumerate(observed):
        width = spread(true[:, column], errors[one.what])
        away = (one.value - true[:, column]) / width
        columns.append(log_ndtr(away) if one.below else -0.5 * away**2 - np.log(width) - _LOG_ROOT)
    return np.column_stack(columns) if columns else np.zeros((true.shape[0], 0))


def gross(observed: Sequence[Observed]) -> Floats:
    """Log-likelihood of each report as a gross error; (reports,)."""
    return np.array([np.log((one.value if one.below else 1.0) / WIDEST[one.what]) for one in observed])


def log_likelihood(observed: Sequence[Observed], true: Floats, errors: Errors) -> Floats:
    """Log-likelihood of each report; (people, reports). NaN people (not simulated) count as impossible."""
    usual = clean(observed, true, errors) + np.log1p(-GROSS)
    impossible = np.isnan(usual)
    either = np.logaddexp(np.where(impossible, 0.0, usual), gross(observed) + np.log(GROSS))
    return np.where(impossible, -np.inf, either)


def suspicion(observed: Sequence[Observed], true: Floats, errors: Errors) -> Floats:
    """The chance that each report is a gross error, for each person; (people, reports)."""
    wrong = gross(observed) + np.log(GROSS)
    return np.asarray(np.exp(wrong - np.logaddexp(clean(observed, true, errors) + np.log1p(-GROSS), wrong)))


def chance_below(observed: Sequence[Observed], true: Floats, errors: Errors) -> Floats:
    """The chance of a usual report lower than the one seen; (people, reports)."""
    columns = [
        ndtr((one.value - true[:, column]) / spread(true[:, column], errors[one.what]))
        for column, one in enumerate(observed)
    ]
    return np.column_stack(columns) if columns else np.zeros((true.shape[0], 0))
