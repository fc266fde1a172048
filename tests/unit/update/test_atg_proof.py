"""Are the posteriors of the ATG models right, given the models? Simulated patients whose truth is known.

The reduced form runs in the suite. Run as a script, this file prints the table of docs/explanation/follow-up.md:
.venv/bin/python tests/unit/update/test_atg_proof.py
"""

from datetime import UTC, datetime

import numpy as np
from scipy.stats import kstest

from opsonin.knowledge import load_knowledge
from opsonin.mechanism.atg_parameters import shelf_parameters
from opsonin.mechanism.atg_reports import atg_report_errors
from opsonin.population.atg_courses import AtgDose
from opsonin.population.draws import normals, uniforms
from opsonin.update.atg_prior import AtgPrior
from opsonin.update.history import Observed
from opsonin.update.likelihood import GROSS, WIDEST, log_likelihood, spread
from opsonin.update.sample import posterior

KNOWN = load_knowledge()
NUMBERS, ERRORS = shelf_parameters(KNOWN, "thymoglobulin"), atg_report_errors(KNOWN)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
VISITS = (1.9, 2.9, 4.9, 6.9, 9.9, 13.9, 20.9)
KINDS = ("cd3", "lymphocytes", "active-atg", "total-atg")
ASKED = ("CL", "CLa", "V1a", "EC50", "cd3")  # columns whose ranks are looked at; the last: the count before
AHEAD = 7.0  # days after the last result, at which the true course is asked for


def patient(number):
    """A prior with doses, the row of someone of it, and what a laboratory reported of them, gross errors included."""
    u = uniforms(number, "set-up", 4)
    weight = 50 + 50 * u[0]
    prior = AtgPrior(NUMBERS, weight, {"cd3": 300 + 1200 * u[1], "lymphocytes": 700 + 1500 * u[1]}, ERRORS)
    doses = [AtgDose(float(day), 6.0, float(weight * (1 + u[2]))) for day in range(3 + number % 4)]
    z = prior.draw(1, 1_000_000 + number)
    days = [day for day, keep in zip(VISITS, uniforms(number, "visits", len(VISITS)), strict=True) if keep < 0.6]
    observed = []
    for day in days or [VISITS[2]]:
        for what in KINDS:
            if uniforms(number, f"{what} {day}", 1)[0] < (0.7 if what in prior.before else 0.3):
                true = prior.true(prior.people(z), doses, [day], [what], 1)[what][0, 0]
                observed.append(report(number, what, day, true))
    return prior, doses, z, tuple(observed or [report(number, "cd3", day, 20.0)])


def report(number, what, day, true):
    seed = 2_000_000 + number
    if uniforms(seed, f"gross {what} {day}", 1)[0] < GROSS:
        value = WIDEST[what] * uniforms(seed, f"wild {what} {day}", 1)[0]
    else:
        value = true + spread(np.array(true), ERRORS[what]) * normals(seed, f"{what} {day}", 1)[0]
    least = {"active-atg": 0.01, "total-atg": 0.1}.get(what, 1.0)
    return Observed(what, day, max(float(value), least), bool(value < least), NOON, "", f"{number} {what} {day}")


def ranks(number, n):
    """Where the truth lies in the posterior: the asked-for columns, and CD3 and active ATG seven days on."""
    prior, doses, z, observed = patient(number)

    def likelihood(rows):
        return log_likelihood(observed, prior.at_reports(prior.people(rows), doses, observed, 1), ERRORS).sum(axis=1)

    found = posterior(lambda m: prior.draw(m, number), likelihood, n=n, seed=number)
    rows, day = found.z[found.picked(2000, number)], observed[-1].day + AHEAD
    ahead, truth = (prior.true(prior.people(each), doses, [day], KINDS, 1) for each in (rows, z))
    at = [found.weights @ (found.z[:, prior.names.index(name)] < z[0, prior.names.index(name)]) for name in ASKED]
    later = [np.mean(ahead[what][:, 0] < truth[what][0, 0]) for what in ("cd3", "active-atg")]
    return np.array([*at, *later]), found


def calibration(patients, n):
    """Ranks of the truth (patients, quantities), effective people and Pareto k of each."""
    made = [ranks(number, n) for number in range(patients)]
    rank = np.array([one for one, _ in made])
    return rank, np.array([found.effective for _, found in made]), np.array([found.pareto_k for _, found in made])


def test_credible_intervals_cover_as_claimed_reduced():
    found, effective, worst = calibration(40, 2000)
    assert effective.min() > 100 and worst.max() < 0.7
    for column in range(found.shape[1]):
        assert kstest(found[:, column], "uniform").pvalue > 0.005
        assert 0.78 <= np.mean((found[:, column] > 0.05) & (found[:, column] < 0.95)) <= 1.0


if __name__ == "__main__":
    found, effective, worst = calibration(200, 5000)
    print(
        f"effective people: least {effective.min():.0f}, median {np.median(effective):.0f}; k at most {worst.max():.2f}"
    )
    for column, name in enumerate((*ASKED, "CD3 7 days on", "active ATG 7 days on")):
        rank = found[:, column]
        inside = [np.mean(np.abs(rank - 0.5) < width / 2) for width in (0.5, 0.8, 0.9)]
        bars = " ".join(str(count) for count in np.histogram(rank, bins=10, range=(0, 1))[0])
        print(f"| {name} | {' | '.join(f'{x:.1%}' for x in inside)} | {kstest(rank, 'uniform').pvalue:.2f} | {bars} |")
