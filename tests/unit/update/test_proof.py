"""Are the posteriors right? Calibration, agreement with a long Markov chain, forecast skill, one wild count.

The reduced form runs in the suite; the full one under `prove`. Run as a script, this file prints the tables of
docs/explanation/follow-up.md:  .venv/bin/python tests/unit/update/test_proof.py [calibration|chain|skill|wild]
"""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pytest
from scipy.stats import kstest

from opsonin.knowledge import load_knowledge
from opsonin.population.draws import normals, uniforms
from opsonin.update.course import at_reports, simulate
from opsonin.update.fit import judge
from opsonin.update.history import Observed
from opsonin.update.likelihood import GROSS, WIDEST, log_likelihood, spread
from opsonin.update.prior import Prior
from opsonin.update.sample import posterior

THREADS = 2
KNOWN = load_knowledge()
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
VISITS = np.array([1.0, 2, 3, 5, 7, 10, 14, 21])
AHEAD = 7.0  # days after the last result at which the true count is asked for
ASKED = ("IC50", "kprod0", "phi", "P0")  # parameters whose ranks are looked at


@dataclass(frozen=True)
class Simulated:
    """A patient who is known exactly, and what a laboratory reported of them."""

    prior: Prior
    segments: tuple
    observed: tuple
    z: np.ndarray
    seed: int


def report(number, seed, day, true, *, gross=GROSS):
    """One report of a true count, now and then a gross error."""
    error = Prior(KNOWN, 70.0, 10.0, None).errors["platelets"]
    if uniforms(seed, f"gross {day}", 1)[0] < gross:
        value = WIDEST["platelets"] * uniforms(seed, f"wild {day}", 1)[0]
    else:
        value = true + spread(np.array(true), error) * normals(seed, f"report {day}", 1)[0]
    below = value < 1
    return Observed("platelets", float(day), 1.0 if below else float(value), bool(below), NOON, "", f"{number} {day}")


def patient(number, *, days=None, gross=GROSS):
    """A patient drawn from the prior around some baseline report, with some dose and some visits."""
    u = uniforms(number, "set-up", 4)
    prior = Prior(KNOWN, 55 + 40 * u[0], float(np.round(4 + 21 * u[1])), None)
    grams = prior.weight_kg
    segments = ((0.0, 0.2, grams),) if u[2] < 0.5 else ((0.0, 0.2, grams), (1.0, 0.2, grams))
    if days is None:
        keep = uniforms(number, "visits", VISITS.size) < 0.2 + 0.5 * u[3]
        days = VISITS[keep] if keep.any() else VISITS[2:3]
    z = prior.draw(1, 1_000_000 + number)
    true = simulate(prior.people(z), segments, days, threads=1)["platelets"][0]
    seen = tuple(report(number, 2_000_000 + number, d, t, gross=gross) for d, t in zip(days, true, strict=True))
    return Simulated(prior, segments, seen, z, number)


def weighed(one, observed=None, n=5000):
    """The posterior of this patient, and the log-likelihood it used."""
    seen = one.observed if observed is None else observed

    def likelihood(z):
        true = at_reports(one.prior.people(z), one.segments, seen, threads=THREADS)
        return log_likelihood(seen, true, one.prior.errors).sum(axis=1)

    return posterior(lambda m: one.prior.draw(m, one.seed), likelihood, n=n, seed=one.seed), likelihood


def ranks(one):
    """Where the truth lies in the posterior: the asked-for parameters, and the true count seven days on."""
    found, _ = weighed(one)
    if not found.trusted:  # far out: a follow-up takes so many people from the beginning
        found, _ = weighed(one, n=20_000)
    rows = found.picked(2000, one.seed)
    day = one.observed[-1].day + AHEAD
    ahead = simulate(one.prior.people(found.z[rows]), one.segments, [day], threads=THREADS)["platelets"][:, 0]
    truth = simulate(one.prior.people(one.z), one.segments, [day], threads=1)["platelets"][0, 0]
    at = {name: found.weights @ (found.z[:, c] < one.z[0, c]) for c, name in enumerate(one.prior.names)}
    wanted = [at[name] for name in ASKED]
    return np.array([*wanted, np.mean(ahead < truth)]), found


def calibration(patients):
    """Ranks of the truth (patients, quantities), and effective people of each."""
    made = [ranks(patient(number)) for number in range(patients)]
    return np.array([rank for rank, _ in made]), np.array([found.effective for _, found in made])


def crps(sample, value):
    """Continuous ranked probability score of a sample for a value, 10⁹/L; the smaller the better."""
    ordered = np.sort(sample)
    n = ordered.size
    half_spread = (ordered * (2 * np.arange(1, n + 1) - n - 1)).sum() / n**2
    return np.abs(ordered - value).mean() - half_spread


def skill(patients, later=(5.0, 7.0, 10.0, 14.0, 21.0)):
    """Per patient and later day: CRPS with counts to day 3, of the prior, of the last value; coverage of both."""
    rows = []
    for number in range(patients):
        one = patient(number, days=np.array([1.0, 2.0, 3.0]))
        found, _ = weighed(one)
        people = {"posterior": found.z[found.picked(1000, number)], "prior": one.prior.draw(1000, number)}
        error = one.prior.errors["platelets"]
        truth = simulate(one.prior.people(one.z), one.segments, later, threads=1)["platelets"][0]
        true = {
            k: simulate(one.prior.people(z), one.segments, later, threads=THREADS)["platelets"]
            for k, z in people.items()
        }
        for column, day in enumerate(later):
            seen = report(number, 3_000_000 + number, day, truth[column], gross=0).value
            noise = normals(number, f"noise {day}", 1000)
            told = {k: np.maximum(t[:, column] + spread(t[:, column], error) * noise, 0) for k, t in true.items()}
            inside = [np.quantile(t, 0.05) <= seen <= np.quantile(t, 0.95) for t in told.values()]
            scores = [crps(t, seen) for t in told.values()]
            rows.append([day, *scores, abs(one.observed[-1].value - seen), *inside])
    return np.array(rows, float)


def wild(patients):
    """One count ten times too high: is it set aside, and how far does the median forecast of day 14 move?"""
    moved, aside, clean_aside = [], 0, 0
    for number in range(patients):
        one = patient(number, days=np.array([1.0, 3.0, 5.0, 7.0]), gross=0)
        right = one.observed
        wrong = (*right[:2], Observed("platelets", 5.0, right[2].value * 10, False, NOON, "", "wild"), right[3])
        medians = []
        for seen in (right, wrong):
            found, _ = weighed(one, seen)
            people = found.z[found.picked(1000, number)]
            true = simulate(one.prior.people(people), one.segments, [14.0], threads=THREADS)["platelets"]
            medians.append(float(np.median(true)))
            values = at_reports(one.prior.people(found.z), one.segments, seen, threads=THREADS)
            verdict = judge(seen, values, one.prior.errors, found).points[2].verdict
            aside += verdict == "set aside" and seen is wrong
            clean_aside += verdict == "set aside" and seen is right
        moved.append(abs(np.log(medians[1] / medians[0])))
    return aside / patients, clean_aside / patients, np.exp(np.quantile(moved, [0.5, 0.9]))


def chain(number, *, walkers=256, steps=1000, burn=250):
    """Means, standard deviations and Monte-Carlo errors of a long ensemble Markov chain, and the means by weights."""
    import emcee

    one = patient(number, days=VISITS[:6])
    found, likelihood = weighed(one, n=20_000)
    parameters = found.z.shape[1]
    noise = np.random.default_rng(number).normal(size=(walkers, parameters))
    start = found.z[found.picked(walkers, number + 1)] + 0.05 * noise

    def target(z):
        near = (np.abs(z) < 9).all(axis=1)  # a proposal further out has a prior of e^-40 and may not be solvable
        found = np.full(z.shape[0], -np.inf)
        if near.any():
            found[near] = likelihood(z[near]) - 0.5 * (z[near] ** 2).sum(axis=1)
        return found

    moves = [(emcee.moves.DEMove(), 0.6), (emcee.moves.DESnookerMove(), 0.1), (emcee.moves.StretchMove(), 0.3)]
    sampler = emcee.EnsembleSampler(walkers, parameters, target, vectorize=True, moves=moves)
    sampler.random_state = np.random.RandomState(number).get_state()  # the sampler keeps a generator of its own
    sampler.run_mcmc(start, steps, skip_initial_state_check=True)
    drawn = sampler.get_chain(discard=burn)  # (steps, walkers, parameters)
    mean, sd = drawn.mean(axis=(0, 1)), drawn.std(axis=(0, 1))
    together = sampler.get_autocorr_time(discard=burn, quiet=True, tol=0)  # steps that count as one
    chain_error = sd * np.sqrt(together / (drawn.shape[0] * walkers))
    ours = found.weights @ found.z
    ours_error = np.sqrt((found.weights**2) @ (found.z - ours) ** 2)
    return mean, sd, np.hypot(chain_error, ours_error), ours, found.effective


def test_credible_intervals_cover_as_claimed_reduced():
    found, effective = calibration(40)
    assert effective.min() > 300
    for column in range(found.shape[1]):
        assert kstest(found[:, column], "uniform").pvalue > 0.005
        assert 0.78 <= np.mean((found[:, column] > 0.05) & (found[:, column] < 0.95)) <= 1.0


def test_the_forecast_gains_from_the_counts_reduced():
    rows = skill(16)
    _, with_counts, before, last = rows[:, :4].mean(axis=0)
    assert with_counts < 0.8 * before
    assert with_counts < last
    assert 0.8 <= rows[:, 4].mean() <= 0.98


def test_one_wild_count_is_set_aside_and_does_not_move_the_forecast():
    aside, false_alarm, (middle, worst) = wild(8)
    assert aside >= 0.75
    assert false_alarm <= 0.1
    assert middle < 1.25 and worst < 2.5


@pytest.mark.parametrize("number", [3])
def test_the_weights_agree_with_a_long_chain_reduced(number):
    mean, sd, error, ours, _ = chain(number, walkers=48, steps=1500, burn=400)
    assert (np.abs(ours - mean) <= np.maximum(0.1 * sd, 3 * error)).all()


@pytest.mark.prove
def test_credible_intervals_cover_as_claimed():
    found, _ = calibration(500)
    for column in range(found.shape[1]):
        assert kstest(found[:, column], "uniform").pvalue > 0.005
        for width in (0.5, 0.9):
            inside = np.mean(np.abs(found[:, column] - 0.5) < width / 2)
            assert abs(inside - width) < 3.3 * np.sqrt(width * (1 - width) / 500)


@pytest.mark.prove
@pytest.mark.parametrize("number", range(10))
def test_the_weights_agree_with_a_long_chain(number):
    mean, sd, error, ours, _ = chain(number)
    assert (np.abs(ours - mean) <= np.maximum(0.1 * sd, 3 * error)).all()


def main(which):
    if "calibration" in which:
        found, effective = calibration(500)
        print(f"500 patients, effective people: least {effective.min():.0f}, median {np.median(effective):.0f}")
        for column, name in enumerate((*ASKED, "count 7 days on")):
            rank = found[:, column]
            inside = [np.mean(np.abs(rank - 0.5) < width / 2) for width in (0.5, 0.8, 0.9)]
            bars = np.histogram(rank, bins=10, range=(0, 1))[0]
            print(
                f"| {name} | "
                + " | ".join(f"{x:.1%}" for x in inside)
                + f" | {kstest(rank, 'uniform').pvalue:.3f} | {bars.tolist()} |"
            )
    if "skill" in which:
        rows = skill(200)
        for day in (*np.unique(rows[:, 0]), None):
            part = rows if day is None else rows[rows[:, 0] == day]
            means = part[:, 1:].mean(axis=0)
            print(
                f"| {day or 'all'} | "
                + " | ".join(f"{x:.1f}" for x in means[:3])
                + " | "
                + " | ".join(f"{x:.1%}" for x in means[3:])
                + " |"
            )
    if "wild" in which:
        aside, false_alarm, moved = wild(100)
        print(f"wild set aside {aside:.0%}, right ones {false_alarm:.0%}, day-14 median moved by a factor {moved}")
    if "chain" in which:
        for number in range(10):
            mean, sd, error, ours, effective = chain(number)
            away = np.abs(ours - mean)
            agree = (away <= np.maximum(0.1 * sd, 3 * error)).all()
            print(
                f"| {number} | {(away / sd).max():.3f} | {(away / error).max():.1f} | {effective:.0f} | {agree} |",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1:] or ["calibration", "skill", "wild", "chain"])
