"""The same posterior for a gradient sampler: prior, declared equations and likelihood in jax, drawn from by NUTS.

The equations are the model's own, called with jax numbers; diffrax solves them with the engine's tolerance. People
differ as `Prior` says, within one fitted population. Platelet counts only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import diffrax
import jax
import jax.numpy as jnp
import numpy as np
import numpyro
from jax.scipy.special import log_ndtr, ndtr, ndtri
from numpyro.distributions import Normal
from numpyro.infer import MCMC, NUTS

from opsonin.mechanism import MODEL, ReportError, spreads
from opsonin.population.cohort import LEAST_COUNT_FACT
from opsonin.update.history import Observed, Segment
from opsonin.update.likelihood import GROSS, WIDEST
from opsonin.update.prior import COUNT, Prior

jax.config.update("jax_enable_x64", True)
STATES = tuple(MODEL.states)
RTOL = 1e-6  # the engine's own
MOST_STEPS = 4096

Numbers = dict[str, Any]  # jax arrays by name


class Traced(np.lib.mixins.NDArrayOperatorsMixin):
    """A jax number that numpy's functions understand, so that the declared equations can be called with it."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any) -> Traced:
        plain = (one.value if isinstance(one, Traced) else one for one in inputs)
        return Traced(getattr(jnp, ufunc.__name__)(*plain))


def _of_model(function: Callable[..., Mapping[str, Any]], *arguments: Numbers) -> Any:
    """What one of the model's functions says of jax numbers: a value for each state."""
    found = function(*({name: Traced(value) for name, value in one.items()} for one in arguments))
    return jnp.stack([jnp.asarray(getattr(found[name], "value", found[name]), float) for name in STATES])


def parameters_of(prior: Prior, place: float) -> Callable[[Any], Numbers]:
    """From standard normal numbers (all but the set's) to the model's parameters, in the population at `place`.

    The engine says where each parameter stands at 0 and how far it moves by 1, on the scale on which it is normal.
    """
    names = prior.names[:-1]
    steps = np.column_stack([np.vstack([np.zeros(len(names)), np.eye(len(names))]), np.full(len(names) + 1, place)])
    at = prior.people(steps).parameters
    scale = {name: spread.scale for name, spread in spreads(prior.knowledge).items()}
    error, least = prior.errors["platelets"], float(prior.knowledge.fact(LEAST_COUNT_FACT).number())

    def count(z: Any) -> Any:
        bend = error.additive / error.proportional
        middle = np.arcsinh(prior.count / bend)
        below = ndtr((np.arcsinh(least / bend) - middle) / error.proportional)
        return bend * jnp.sinh(middle + error.proportional * ndtri(below + (1 - below) * ndtr(z)))

    def value(name: str, z: Any, zero: float, one: float) -> Any:
        if name == COUNT:
            return count(z)
        if scale[name] == "log-normal":
            return zero * (one / zero) ** z
        odds = zero / (1 - zero)
        odds = odds * (one / (1 - one) / odds) ** z
        return odds / (1 + odds)

    def parameters(z: Any) -> Numbers:
        found: Numbers = {name: float(np.broadcast_to(values, len(steps))[0]) for name, values in at.items()}
        for i, name in enumerate(names):
            found[name] = value(name, z[i], float(at[name][0]), float(at[name][i + 1]))
        return found

    return parameters


def counts(parameters: Numbers, segments: Sequence[Segment], days: Any, *, adjoint: Any) -> Any:
    """True platelets (10⁹/L) at these days, (days,); NaN where they could not be solved."""
    edges = sorted({edge for start, length, _ in segments for edge in (start, start + length)} - {0.0})

    def slopes(t: Any, y: Any, _: Any) -> Any:
        rate = sum(jnp.where((t >= s) & (t < s + length), grams / length, 0.0) for s, length, grams in segments)
        return _of_model(MODEL.derivative, dict(zip(STATES, y, strict=True)), parameters, {"A1x": rate})

    solution = diffrax.diffeqsolve(
        diffrax.ODETerm(slopes), diffrax.Tsit5(), 0.0, days[-1], None, _of_model(MODEL.initial_state, parameters),
        stepsize_controller=diffrax.ClipStepSizeController(
            diffrax.PIDController(rtol=RTOL, atol=1e-3 * RTOL), jump_ts=jnp.array(edges)
        ),
        saveat=diffrax.SaveAt(ts=days, fn=lambda t, y, _: y[STATES.index("P")]),
        max_steps=MOST_STEPS, throw=False, adjoint=adjoint,
    )  # fmt: skip
    return jnp.where(solution.result == diffrax.RESULTS.successful, solution.ys, jnp.nan)


def log_likelihood(true: Any, values: Any, below: Any, error: ReportError) -> Any:
    """Log-likelihood of each reported count, (reports,); a report "below x" has the value x."""
    width = jnp.hypot(error.proportional * true, error.additive)
    away = (values - true) / width
    usual = jnp.where(below, log_ndtr(away), -0.5 * away**2 - jnp.log(width) - 0.5 * np.log(2 * np.pi))
    gross = jnp.log(jnp.where(below, values, 1.0) / WIDEST["platelets"])
    either = jnp.logaddexp(usual + np.log1p(-GROSS), gross + np.log(GROSS))
    return jnp.where(jnp.isnan(true), -jnp.inf, either)


def of_reports(prior: Prior, place: float, segments: Sequence[Segment]) -> Callable[..., Any]:
    """The log-likelihood of counts (days, values, below) given standard normal numbers.

    Slopes go forward with the solution: with eight parameters that is faster than going back (measured).
    """
    to_parameters, error = parameters_of(prior, place), prior.errors["platelets"]

    def likelihood(z: Any, days: Any, values: Any, below: Any) -> Any:
        true = counts(to_parameters(z), segments, days, adjoint=diffrax.ForwardMode())
        return log_likelihood(true, values, below, error).sum()

    return likelihood


def columns(seen: Sequence[Observed]) -> tuple[Any, Any, Any]:
    """Days, values and whether below, of counts in order of their days."""
    return (
        jnp.array([one.day for one in seen]),
        jnp.array([one.value for one in seen]),
        jnp.array([one.below for one in seen]),
    )


class Chains(NamedTuple):
    """What one run of NUTS drew: (chains, draws, parameters), leapfrog steps for each draw, divergences."""

    z: np.ndarray
    steps_each: float
    divergent: int


class Sampler:
    """NUTS on one person's posterior, compiled once for a number of counts; a run adapts anew, as a new patient needs.

    A whole chain is one compiled function, each on a processor of its own. (NumPyro's own way to run chains at once
    compiles again at every run: 35 s of CPU time.) The mass matrix is dense: a diagonal one took twice the steps.
    """

    def __init__(
        self, prior: Prior, place: float, segments: Sequence[Segment], *, chains: int, warm_up: int, draws: int
    ) -> None:
        numpyro.set_host_device_count(chains)
        likelihood, size = of_reports(prior, place, segments), len(prior.names) - 1

        def model(*reports: Any) -> None:
            z = numpyro.sample("z", Normal(0, 1).expand([size]).to_event(1))
            numpyro.factor("reports", likelihood(z, *reports))

        def chain(key: Any, *reports: Any) -> dict[str, Any]:
            kernel = NUTS(model, dense_mass=True, forward_mode_differentiation=True)
            mcmc = MCMC(kernel, num_warmup=warm_up, num_samples=draws, progress_bar=False)
            mcmc.run(key, *reports, extra_fields=("num_steps", "diverging"))
            return mcmc.get_samples() | mcmc.get_extra_fields()

        self._chains, self._run = chains, jax.pmap(chain, in_axes=(0, None, None, None))

    def run(self, seen: Sequence[Observed], seed: int) -> Chains:
        """One run, warm-up included."""
        found = self._run(jax.random.split(jax.random.key(seed), self._chains), *columns(seen))
        z, steps, divergent = (np.asarray(found[name]) for name in ("z", "num_steps", "diverging"))
        return Chains(z, float(steps.mean()), int(divergent.sum()))
