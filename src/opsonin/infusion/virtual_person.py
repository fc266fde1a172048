"""How does the virtual person fare, minute by minute? Exposure brings symptoms, relief eases them; chance is seeded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from opsonin.infusion.order import Order
from opsonin.infusion.scenario import Scenario, Scripted
from opsonin.mechanism.harm.reactions import ReactionHazard, Threshold, thresholds

_STEADY = {"temperature_c": "0.1", "systolic": "4", "diastolic": "3", "pulse": "4", "respiratory_rate": "1",
           "oxygen_saturation": "1"}  # fmt: skip  # how much a sign wanders by itself
_JITTER = 0.2  # of every time in the script
_CHANCE_SIGNS = {"tachycardia": {"pulse": Decimal(30)}, "fever": {"temperature_c": Decimal("1.2")}}
_CHANCE_EASES = 20


@dataclass
class _Course:
    """One scripted symptom as it develops."""

    script: Scripted
    begins: float
    eases: float | None
    worsens: float | None
    exposed: float = 0.0
    relieved: float = 0.0
    there: bool = False
    over: bool = False
    worse: bool = False


@dataclass
class VirtualPerson:
    """The person in the exercise. `live` moves one minute on and tells what is felt now for the first time."""

    scenario: Scenario
    order: Order
    seed: int
    hazards: Sequence[ReactionHazard] = ()
    _rng: Random = field(init=False)
    _courses: list[_Course] = field(init=False)
    _drawn: tuple[Threshold, ...] = field(init=False, default=())
    _reached: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self._rng = Random(self.seed)
        self._courses = [self._course(script) for script in self.scenario.reactions]
        if self.hazards:
            self._drawn = thresholds(self.hazards, seed=self.seed, certain=True)
        self._reached = [0.0] * len(self._drawn)

    def _course(self, script: Scripted) -> _Course:
        worsens = self._about(script.worsens_after)
        return _Course(script, self._about(script.begins_after) or 0.0, self._about(script.eases_after), worsens)

    def _about(self, minutes: int | None) -> float | None:
        return None if minutes is None else minutes * (1 + _JITTER * (2 * self._rng.random() - 1))

    def live(self, ml_per_h: Decimal | None, adrenaline: bool) -> list[tuple[str, str]]:
        """One minute at this rate (None: the pump stands still): (symptom, severity) that came or changed; severity
        "passed" when one is over."""
        said: list[tuple[str, str]] = []
        for course in self._courses:
            said += self._minute(course, ml_per_h, adrenaline)
        said += self._by_chance(ml_per_h)
        return said

    def _minute(self, course: _Course, ml_per_h: Decimal | None, adrenaline: bool) -> list[tuple[str, str]]:
        script = course.script
        if course.over:
            return []
        step = min(script.from_step, len(self.order.rates)) - 1
        exposed = ml_per_h is not None and ml_per_h >= self.order.rates[step]
        if not course.there:
            course.exposed += exposed
            if course.exposed < course.begins:
                return []
            course.there, course.exposed = True, 0.0
            return [(script.symptom, script.severity)]
        course.exposed, course.relieved = (course.exposed + 1, 0.0) if exposed else (0.0, course.relieved + 1)
        if not course.worse and course.worsens is not None and course.exposed >= course.worsens:
            course.worse = True
            return [(script.symptom, script.worse or script.severity), *script.also]
        helped = (ml_per_h is None and adrenaline) if script.only_adrenaline and course.worse else not exposed
        if helped and course.eases is not None and course.relieved >= course.eases * (2 if course.worse else 1):
            course.over, course.there = True, False
            return [(name, "passed") for name, _ in ((script.symptom, ""), *(script.also if course.worse else ()))]
        return []

    def _by_chance(self, ml_per_h: Decimal | None) -> list[tuple[str, str]]:
        """Reactions by the hazards on the shelf: each begins where its cumulative hazard reaches what was drawn."""
        if ml_per_h is None:
            return []
        said = []
        for number, (hazard, drawn) in enumerate(zip(self.hazards, self._drawn, strict=True)):
            if self._reached[number] >= drawn.at:
                continue
            share = float(ml_per_h) / 60 / float(self.order.volume_ml)
            rate = float(self.order.ml_per_kg_per_h(ml_per_h) * self.order.mg_per_ml) / 60
            self._reached[number] += hazard.over(share, rate)
            if self._reached[number] >= drawn.at:
                signs = _CHANCE_SIGNS.get(drawn.sign)
                script = Scripted(drawn.sign, drawn.severity, 1, 0, None, signs=signs)
                course = _Course(script, 0.0, float(_CHANCE_EASES), None, there=True)
                if drawn.sign == "anaphylaxis":
                    course.script, course.worse = _anaphylaxis(script), True
                self._courses.append(course)
                if drawn.sign in self.order.rules.symptoms:
                    said.append((drawn.sign, drawn.severity))
        return said

    def signs(self) -> dict[str, Decimal]:
        """The vital signs now, if somebody takes them."""
        now = dict(self.scenario.first_signs)
        for course in self._courses:
            if course.there:
                change: Mapping[str, Decimal] = (course.script.worse_signs if course.worse else None) or (
                    course.script.signs or {}
                )
                for name, by in change.items():
                    now[name] += by
        return {name: self._wander(name, value) for name, value in now.items()}

    def _wander(self, name: str, value: Decimal) -> Decimal:
        by = Decimal(str(round((2 * self._rng.random() - 1) * float(_STEADY[name]), 1)))
        found = value + by
        if name != "temperature_c":
            found = Decimal(round(found))
        return min(found, Decimal(100)) if name == "oxygen_saturation" else found


def _anaphylaxis(script: Scripted) -> Scripted:
    signs = {"systolic": Decimal(-45), "pulse": Decimal(40), "oxygen_saturation": Decimal(-8)}
    return Scripted(script.symptom, script.severity, 1, 0, _CHANCE_EASES, signs=signs, only_adrenaline=True)
