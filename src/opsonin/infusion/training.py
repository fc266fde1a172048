"""An exercise as it runs: a clock that jumps, a virtual person, a trainee who acts, and what the rules said then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from opsonin.errors import InputRefused, Problem
from opsonin.infusion.advice import advice
from opsonin.infusion.advised import Advice
from opsonin.infusion.bedside import Bedside, at_moment
from opsonin.infusion.chart import Chart, after, impossible
from opsonin.infusion.from_events import happened
from opsonin.infusion.order import Order
from opsonin.infusion.scenario import Scenario
from opsonin.infusion.virtual_person import VirtualPerson
from opsonin.patient.event_line import event_from_line

LONGEST_MINUTES = 24 * 60
INFUSION = "exercise"
PERSON = "virtual person"


@dataclass(frozen=True)
class Act:
    """One thing the trainee did, and what the rules said just before."""

    minute: int
    line: Mapping[str, Any]
    before: Advice
    ml_per_h: Decimal | None  # the rate just before


@dataclass(frozen=True)
class Minute:
    """What the rules said during one minute, after everything done in it."""

    minute: int
    advice: Advice
    pump: str
    ml_per_h: Decimal | None
    supervision: str


@dataclass
class Exercise:
    """One exercise under way. Everything that happens is kept as event lines, too."""

    scenario: Scenario
    order: Order
    person: VirtualPerson
    begins: datetime
    minute: int = -10  # minutes before and after the planned start
    chart: Chart = field(init=False)
    lines: list[dict[str, Any]] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    minutes: list[Minute] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chart = Chart(self.order)

    @property
    def now(self) -> datetime:
        return self.begins + timedelta(minutes=self.minute)

    def look(self) -> Bedside:
        return at_moment(self.chart, INFUSION, self.now)

    def act(self, line: Mapping[str, Any]) -> None:
        """The trainee does something; a set of vital signs is taken from the person. Raises InputRefused."""
        full = {**line, **(_signs_line(self.person.signs()) if line["kind"] == "vitals" else {})}
        if line["kind"] == "start":
            strength = f"{self.order.mg_per_ml.normalize():f} mg/mL"
            full = {**full, "product": self.order.product, "concentration": strength}
        said, rate = advice(self.chart, self.now), self.chart.ml_per_h
        self._happen(full, "trainee")
        self.acts.append(Act(self.minute, full, said, rate))

    def wait(self, minutes: int) -> tuple[tuple[str, str], ...]:
        """Let time pass, at most so long; it stops early when the person says something, which is returned."""
        for _ in range(minutes):
            self._keep_minute()
            self.minute += 1
            if self.minute > LONGEST_MINUTES:
                raise InputRefused([Problem("wait", "", "goes beyond a day.", "End the exercise with q.")])
            said = self.person.live(self.chart.ml_per_h, self._adrenaline()) if self.chart.started else []
            active = {onset.what for onset in self.chart.active}
            heard = tuple((what, how) for what, how in said if how != "passed" or what in active)
            for what, how in heard:
                self._happen({"kind": "symptom", "what": what, "severity": how, "says": f"{what}: {how}"}, PERSON)
            if heard:
                return heard
        return ()

    def finish(self) -> None:
        """The last minute is kept, too."""
        self._keep_minute()

    def _adrenaline(self) -> bool:
        words = " ".join(one.what.lower() for one in self.chart.medicines)
        return "adrenalin" in words or "epinephrin" in words

    def _keep_minute(self) -> None:
        so_far = self.chart
        self.minutes.append(
            Minute(self.minute, advice(so_far, self.now), so_far.pump, so_far.ml_per_h, so_far.supervision)
        )  # fmt: skip

    def _happen(self, line: Mapping[str, Any], who: str) -> None:
        full = {"at": self.now.isoformat(), "who": who, "source": "exercise", "infusion": INFUSION, **line}
        for event in happened([event_from_line(full, place="exercise")], INFUSION, self.order.rules.symptoms):
            why = impossible(self.chart, event)
            if why:
                raise InputRefused([Problem(str(line["kind"]), self.now.strftime("%H:%M"), why, "Do something else.")])
            self.chart = after(self.chart, event)
        self.lines.append(full)


def _signs_line(signs: Mapping[str, Decimal]) -> dict[str, str]:
    return {
        "temperature": f"{signs['temperature_c']} °C",
        "blood_pressure": f"{signs['systolic']}/{min(signs['diastolic'], signs['systolic'] - 10)} mmHg",
        "pulse": f"{signs['pulse']} /min",
        "respiratory_rate": f"{signs['respiratory_rate']} /min",
        "oxygen_saturation": f"{signs['oxygen_saturation']} %",
    }
