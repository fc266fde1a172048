"""Reading trial files: everything wrong with a file is said at once, and nothing is run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml
from pydantic import ValidationError

from opsonin.errors import InputRefused, Problem
from opsonin.trial.declaration import Arm, Criterion, Endpoint, Trial
from opsonin.trial.endpoints import MEASURES, RESPONDERS, arguments_wanted

ARMS = Path(__file__).parent / "arms"


def read_trial(path: Path) -> Trial:
    """The trial declared in a file, or InputRefused with every problem."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        why = f"cannot be read as YAML ({' '.join(str(error).split())})."
        raise InputRefused([Problem("file", path.name, why, "Mend it, or name another file.")]) from error
    if not isinstance(document, dict):
        raise InputRefused(
            [Problem("file", path.name, "does not hold a trial.", "Begin with 'schema: opsonin-trial/1'.")]
        )
    try:
        trial = Trial.model_validate(document)
    except ValidationError as error:
        raise InputRefused(_from_pydantic(error), source=str(path)) from error
    problems = list(_problems(trial))
    if problems:
        raise InputRefused(problems, source=str(path))
    return trial


def read_trials(folder: Path) -> tuple[Trial, ...]:
    """Every trial file (*.yaml) of a folder, in order of file name; a trial id may stand only once."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise InputRefused(
            [Problem("--arms", str(folder), "holds no trial files.", "Name a folder with *.yaml files.")]
        )
    trials = tuple(read_trial(path) for path in files)
    ids = [trial.id for trial in trials]
    twice = sorted({id for id in ids if ids.count(id) > 1})
    if twice:
        raise InputRefused([Problem("id", id, "stands in two files.", "Give each trial its own id.") for id in twice])
    return trials


def declared_trials() -> tuple[Trial, ...]:
    """The published trials that come with the package.

    >>> "godeau_1999" in {trial.id for trial in declared_trials()}
    True
    """
    return read_trials(ARMS)


def _from_pydantic(error: ValidationError) -> list[Problem]:
    remedy = "See docs/reference/trial-file.md."
    return [
        Problem(".".join(str(part) for part in e["loc"]), _shown(e.get("input")), f"{e['msg']}.", remedy)
        for e in error.errors(include_url=False)
    ]


def _shown(value: object) -> str:
    return "" if isinstance(value, dict | list) or value is None else str(value)


def _problems(trial: Trial) -> Iterator[Problem]:
    ids = [arm.id for arm in trial.arms]
    for id in sorted({id for id in ids if ids.count(id) > 1}):
        yield Problem("arms", id, "stands twice.", "Give each arm its own id.")
    for arm in trial.arms:
        where = f"arms.{arm.id}"
        if arm.population is None and trial.population is None:
            yield Problem(f"{where}.population", "", "is missing.", "Give it here or for the whole trial.")
        visits = arm.visits or trial.visits
        if visits is None:
            yield Problem(f"{where}.visits", "", "are missing.", "Give the days here or for the whole trial.")
            continue
        if list(visits) != sorted(set(visits)) or visits[0] != 0:
            yield Problem(
                f"{where}.visits",
                str(visits),
                "have to begin with 0 and to increase.",
                "Sort them; 0 is before treatment.",
            )
            continue
        yield from _criteria(arm, visits, where)


def _criteria(arm: Arm, visits: tuple[float, ...], where: str) -> Iterator[Problem]:
    ids = [endpoint.id for endpoint in arm.endpoints]
    for id in sorted({id for id in ids if ids.count(id) > 1}):
        yield Problem(f"{where}.endpoints", id, "stands twice.", "Give each endpoint its own id.")
    for endpoint in arm.endpoints:
        at = f"{where}.endpoints.{endpoint.id}"
        if not endpoint.unused:
            yield from _endpoint(endpoint, visits, at)
    for schedule in arm.regimen.schedules:
        for dose in schedule.doses:
            if dose.unless is not None:
                seen = tuple(day for day in visits if day <= dose.day)
                yield from _criterion(
                    dose.unless, seen, f"{where}.regimen, dose on day {dose.day:g}, unless", yes_no=True
                )


def _endpoint(endpoint: Endpoint, visits: tuple[float, ...], at: str) -> Iterator[Problem]:
    assert endpoint.measure is not None
    rate = endpoint.kind == "rate"
    yield from _criterion(
        Criterion.model_validate({"measure": endpoint.measure, "with": endpoint.arguments}), visits, at, yes_no=rate
    )
    if rate != (endpoint.statistic == "percent"):
        yield Problem(
            f"{at}.statistic", str(endpoint.statistic), "does not fit the kind.", "Rates are percent, nothing else is."
        )
    if (endpoint.statistic == "highest-median") != (endpoint.measure == "counts-at-visits"):
        yield Problem(
            f"{at}.statistic",
            str(endpoint.statistic),
            "does not fit the measure.",
            "highest-median is of counts-at-visits.",
        )
    if endpoint.among is not None:
        yield from _criterion(endpoint.among, visits, f"{at}.among", yes_no=True)


def _criterion(criterion: Criterion, visits: tuple[float, ...], at: str, *, yes_no: bool) -> Iterator[Problem]:
    known = RESPONDERS if yes_no else MEASURES
    if criterion.measure not in known:
        yield Problem(f"{at}.measure", criterion.measure, "is not known here.", f"Known: {', '.join(sorted(known))}.")
        return
    may, must = arguments_wanted(criterion.measure)
    for name in sorted(set(criterion.arguments) - may):
        yield Problem(
            f"{at}.with.{name}",
            str(criterion.arguments[name]),
            "is not an argument.",
            f"Arguments: {', '.join(sorted(may))}.",
        )
    for name in sorted(must - set(criterion.arguments)):
        yield Problem(f"{at}.with.{name}", "", "is missing.", f"{criterion.measure} needs it.")
    day = criterion.arguments.get("day")
    if day is not None and day not in visits:
        yield Problem(f"{at}.with.day", str(day), "is not a visit by then.", "Add the day to the visits.")
