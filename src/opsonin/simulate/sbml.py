"""How can another simulator run this model? One individual's model, doses and parameters as SBML Level 3 Version 2.

Everything comes from the model's one declaration: its functions are read with symbols and written as MathML. States are
parameters with rate rules, derived outputs have assignment rules, an infusion is a rate that events switch on and off,
a bolus an event that adds. Needs the extra `sbml` (python-libsbml).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sympy.printing.str import StrPrinter

from opsonin.errors import InputRefused, OpsoninError, Problem, of_extra
from opsonin.simulate.events import EventTable
from opsonin.simulate.model import Model
from opsonin.simulate.records import DOSE
from opsonin.simulate.symbols import trace

_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86_400, "day": 86_400}
_GRAMS = {"kg": 3, "g": 0, "mg": -3, "ug": -6, "ng": -9}
_LITRES = {"L": 0, "mL": -3}
_MOLES = {"mol": 0, "mmol": -3, "umol": -6, "nmol": -9, "pmol": -12}


class SbmlExtraMissing(OpsoninError):
    """The package that writes SBML is missing; the message says how to install it."""


def write_sbml(
    path: Path, model: Model, *, parameters: Mapping[str, float], events: EventTable | None = None, individual: int = 0
) -> Path:
    """Write the model with one individual's parameters and doses as an SBML file; its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(sbml(model, parameters=parameters, events=events, individual=individual), encoding="utf-8")
    return path


def sbml(
    model: Model, *, parameters: Mapping[str, float], events: EventTable | None = None, individual: int = 0
) -> str:
    """The same as text. Refused: records other than doses, bioavailability, lag, modelled rates, unknown units.

    >>> from opsonin.simulate.examples import DECAY
    >>> 'id="A"' in sbml(DECAY, parameters={"k": 0.1, "V": 10.0})
    True
    """
    return _Writer(model, {name: float(parameters[name]) for name in model.parameters}).text(events, individual)


class _Writer:
    """Puts one SBML document together."""

    def __init__(self, model: Model, parameters: Mapping[str, float]) -> None:
        self.lib = _libsbml()
        self.model, self.values = model, dict(parameters)
        self.document = self.lib.SBMLDocument(3, 2)
        self.written = self.document.createModel()
        self.written.setId(model.name)
        self.written.setName(model.name)
        self.units: dict[str, str] = {}

    def text(self, events: EventTable | None, individual: int) -> str:
        self.written.setTimeUnits(self._unit(self.model.time_unit))
        initial = self.model.initial_state(self.values)
        for name, unit in self.model.parameters.items():
            self._parameter(name, unit, self.values[name], constant=True)
        for name, unit in self.model.states.items():
            self._parameter(name, unit, float(initial[name]), constant=False)
        for name, unit in self.model.inputs.items():
            self._parameter(f"rate_{name}", unit, 0.0, constant=False)
        self._rules()
        if events is not None:
            for number, dose in enumerate(_doses(self.model, events, individual), start=1):
                self._dose(number, *dose)
        self._check()
        return str(self.lib.writeSBMLToString(self.document))

    def _rules(self) -> None:
        formulas = trace(self.model)
        for name, slope in zip(self.model.states, formulas.slopes, strict=True):
            rule = self.written.createRateRule()
            rule.setVariable(name)
            rule.setMath(self._math(_Formula().doprint(slope)))
        derived = [name for name in self.model.output_names() if name not in self.model.states]
        for name, output in zip(derived, formulas.outputs, strict=True):
            self._parameter(name, self.model.output_units.get(name, "1"), None, constant=False)
            assignment = self.written.createAssignmentRule()
            assignment.setVariable(name)
            assignment.setMath(self._math(_Formula().doprint(output)))

    def _dose(self, number: int, state: str, start: float, duration: float, amount: float) -> None:
        if duration == 0:
            self._event(f"bolus_{number}", start, state, f"{state} + {amount!r}")
            return
        rate, change = f"rate_{state}", repr(amount / duration)
        self._event(f"infusion_{number}_starts", start, rate, f"{rate} + {change}")
        self._event(f"infusion_{number}_ends", start + duration, rate, f"{rate} - {change}")

    def _event(self, id: str, when: float, variable: str, becomes: str) -> None:
        event = self.written.createEvent()
        event.setId(id)
        event.setUseValuesFromTriggerTime(False)  # two at one moment act one after the other
        trigger = event.createTrigger()
        trigger.setInitialValue(False)  # so that what happens at time 0 happens
        trigger.setPersistent(True)
        trigger.setMath(self._math(f"time >= {when!r}"))
        assignment = event.createEventAssignment()
        assignment.setVariable(variable)
        assignment.setMath(self._math(becomes))

    def _parameter(self, name: str, unit: str, value: float | None, *, constant: bool) -> None:
        parameter = self.written.createParameter()
        parameter.setId(name)
        parameter.setConstant(constant)
        parameter.setUnits(self._unit(unit))
        if value is not None:
            parameter.setValue(value)

    def _unit(self, unit: str) -> str:
        """The id of the unit definition of a unit such as "1e9/L/d", made where it is new."""
        if unit not in self.units:
            id = f"unit_{len(self.units) + 1}"
            definition = self.written.createUnitDefinition()
            definition.setId(id)
            definition.setName(unit)
            for number, part in enumerate(unit.split("/")):
                self._base(definition.createUnit(), part, -1 if number else 1, unit)
            self.units[unit] = id
        return self.units[unit]

    def _base(self, base: Any, part: str, exponent: int, unit: str) -> None:
        kinds = {
            **{name: (self.lib.UNIT_KIND_SECOND, 0, factor) for name, factor in _SECONDS.items()},
            **{name: (self.lib.UNIT_KIND_GRAM, scale, 1) for name, scale in _GRAMS.items()},
            **{name: (self.lib.UNIT_KIND_LITRE, scale, 1) for name, scale in _LITRES.items()},
            **{name: (self.lib.UNIT_KIND_MOLE, scale, 1) for name, scale in _MOLES.items()},
            "1": (self.lib.UNIT_KIND_DIMENSIONLESS, 0, 1),
            "1e9": (self.lib.UNIT_KIND_ITEM, 9, 1),
        }
        if part not in kinds:
            remedy = f"Use units made of {', '.join(kinds)}."
            raise InputRefused([Problem("unit", unit, "cannot be written as SBML.", remedy)])
        kind, scale, multiplier = kinds[part]
        base.setKind(kind)
        base.setExponent(exponent)
        base.setScale(scale)
        base.setMultiplier(multiplier)

    def _math(self, formula: str) -> Any:
        tree = self.lib.parseL3Formula(formula)
        if tree is None:
            raise OpsoninError(f"{formula!r} cannot be written as MathML: {self.lib.getLastParseL3Error()}")
        return tree

    def _check(self) -> None:
        """Only errors: units of bare numbers in formulas are not declared, which SBML allows and warns of."""
        self.document.setConsistencyChecks(self.lib.LIBSBML_CAT_UNITS_CONSISTENCY, False)
        self.document.checkConsistency()
        wrong = self.document.getNumErrors(self.lib.LIBSBML_SEV_ERROR)
        if wrong:
            raise OpsoninError(
                f"{self.model.name}: the SBML is not consistent: {self.document.getErrorLog().toString()}"
            )


class _Formula(StrPrinter):
    """Prints a formula in the infix form that libSBML reads, without the prefixes of states, parameters and inputs."""

    def _print_Symbol(self, expr: Any) -> str:  # noqa: N802
        kind, _, name = expr.name.partition("_")
        return f"rate_{name}" if kind == "u" else str(name)

    def _print_Pow(self, expr: Any, rational: bool = False) -> str:  # noqa: N802
        return f"pow({self.doprint(expr.base)}, {self.doprint(expr.exp)})"

    def _print_Larger(self, expr: Any) -> str:  # noqa: N802
        return self._choice(expr, ">=")

    def _print_Smaller(self, expr: Any) -> str:  # noqa: N802
        return self._choice(expr, "<=")

    def _choice(self, expr: Any, sign: str) -> str:
        first, second = (self.doprint(argument) for argument in expr.args)
        return f"piecewise({first}, {first} {sign} {second}, {second})"

    def _print_Piecewise(self, expr: Any) -> str:  # noqa: N802
        parts = [f"{self.doprint(value)}, {self.doprint(condition)}" for value, condition in expr.args[:-1]]
        return f"piecewise({', '.join(parts)}, {self.doprint(expr.args[-1][0])})"

    def _print_Float(self, expr: Any) -> str:  # noqa: N802
        return repr(float(expr))

    def _print_Rational(self, expr: Any) -> str:  # noqa: N802
        return f"({expr.p}/{expr.q})"

    def _print_Integer(self, expr: Any) -> str:  # noqa: N802
        return str(int(expr))

    def _print_log(self, expr: Any) -> str:
        return f"ln({self.doprint(expr.args[0])})"


def _doses(model: Model, events: EventTable, individual: int) -> Iterator[tuple[str, float, float, float]]:
    """State, start, duration and amount of each dose of one individual."""
    if model.bioavailability or model.lag or model.duration or model.rate:
        raise InputRefused(
            [Problem("model", model.name, "has bioavailability, lag or modelled rates.", "Write it by hand.")]
        )
    pattern = int(events.pattern_of[individual])
    rows = slice(int(events.first[pattern]), int(events.first[pattern + 1]))
    about = SimpleNamespace(**{n: getattr(events, n)[rows] for n in ("time", "what", "target", "amount", "duration")})
    if (about.what != DOSE).any():
        remedy = "Spell steady states out as doses; resets and changes of parameters cannot be written."
        raise InputRefused([Problem("events", "", "hold more than doses.", remedy)])
    names = list(model.states)
    columns = (about.target, about.time, about.duration, about.amount)
    for target, time, duration, amount in zip(*(column.tolist() for column in columns), strict=True):
        yield names[target], float(time), float(duration), float(amount)


def _libsbml() -> Any:
    return of_extra(
        "libsbml", extra="sbml", missing=SbmlExtraMissing, needs="Writing SBML needs", package="python-libsbml"
    )
