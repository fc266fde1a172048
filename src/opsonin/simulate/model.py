"""What is a model? Named states, parameters and inputs with units, and plain functions that say how they move."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from opsonin.errors import InputRefused, Problem

Equations = Callable[[Any, Any, Any], Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Model:
    """A system of ordinary differential equations, declared once.

    name, time_unit: words for people. states, parameters, inputs: name → unit. An input names the state that
    receives doses, in compartment order (CMT 1, 2, ...); inside `equations` its infusion rate is `u.<name>` and
    must be added by the equation itself, so that it may also act elsewhere. A bolus is added to the state directly.

    equations(y, p, u) → rate of change of every state. outputs(y, p) → derived outputs (states are always
    available as outputs). initial(p) → initial state, usually the analytic steady state; states it leaves out,
    or all if it is not given, start at 0. Inside these functions use + - * / ** and `opsonin.simulate`'s
    maximum, minimum, exp, log, sqrt, power, where.

    bioavailability, lag, duration, rate: for a dosed state, the parameter that holds its bioavailable fraction,
    its lag time, the modelled duration (RATE = -2) and the modelled rate (RATE = -1).

    Raises InputRefused if names clash or are unknown.

    >>> decay = Model(name="decay", time_unit="h", states={"A": "mg"}, parameters={"k": "1/h"}, inputs={"A": "mg/h"},
    ...               equations=lambda y, p, u: {"A": u.A - p.k * y.A})
    >>> decay.derivative({"A": 2.0}, {"k": 0.5})
    {'A': -1.0}
    """

    name: str
    time_unit: str
    states: Mapping[str, str]
    parameters: Mapping[str, str]
    equations: Equations
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Callable[[Any, Any], Mapping[str, Any]] | None = None
    initial: Callable[[Any], Mapping[str, Any]] | None = None
    output_units: Mapping[str, str] = field(default_factory=dict)
    bioavailability: Mapping[str, str] = field(default_factory=dict)
    lag: Mapping[str, str] = field(default_factory=dict)
    duration: Mapping[str, str] = field(default_factory=dict)
    rate: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        for kind, names in (("states", self.states), ("parameters", self.parameters), ("inputs", self.inputs)):
            problems += [
                Problem(kind, repr(name), "is not a name Python can use.", "Use letters, digits and _.")
                for name in names
                if not str(name).isidentifier()
            ]
        problems += [
            Problem("inputs", name, "is not a state.", "An input names the state that receives the dose.")
            for name in self.inputs
            if name not in self.states
        ]
        for kind in ("bioavailability", "lag", "duration", "rate"):
            for state, parameter in getattr(self, kind).items():
                if state not in self.inputs:
                    problems.append(Problem(kind, state, "is not an input.", "Name a dosed state."))
                if parameter not in self.parameters:
                    problems.append(Problem(kind, str(parameter), "is not a parameter.", "Declare it."))
        if not self.states:
            problems.append(Problem("states", "", "a model needs at least one state.", "Declare one."))
        if problems:
            raise InputRefused(problems, source=f"model {self.name}")

    def derivative(
        self, states: Mapping[str, Any], parameters: Mapping[str, Any], inputs: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Rate of change of every state, by numpy from the same functions; no kernel involved. Inputs default to 0."""
        rates = dict.fromkeys(self.inputs, 0.0) | dict(inputs or {})
        slopes = self.equations(SimpleNamespace(**states), SimpleNamespace(**parameters), SimpleNamespace(**rates))
        return {name: slopes[name] for name in self.states}

    def initial_state(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Initial value of every state for these parameters (numbers or arrays)."""
        given = dict(self.initial(SimpleNamespace(**parameters))) if self.initial else {}
        unknown = [name for name in given if name not in self.states]
        if unknown:
            raise InputRefused(
                [
                    Problem("initial", name, "is not a state.", "Declare it in states, or remove it.")
                    for name in unknown
                ],
                source=f"model {self.name}",
            )
        return {name: given.get(name, 0.0) for name in self.states}

    def observe(self, states: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The derived outputs for these states (numbers or arrays), by numpy."""
        if self.outputs is None:
            return {}
        return dict(self.outputs(SimpleNamespace(**states), SimpleNamespace(**parameters)))

    def output_names(self) -> tuple[str, ...]:
        """Everything that may be asked for: the states, then the derived outputs."""
        probe = {name: np.ones(1) for name in self.parameters}
        with np.errstate(all="ignore"):
            derived = tuple(self.observe({name: np.ones(1) for name in self.states}, probe))
        clash = [name for name in derived if name in self.states]
        if clash:
            raise InputRefused(
                [
                    Problem("outputs", name, "is also a state.", "Rename it: states are outputs already.")
                    for name in clash
                ],
                source=f"model {self.name}",
            )
        return (*self.states, *derived)
