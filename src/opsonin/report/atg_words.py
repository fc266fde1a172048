"""In which words? The parts of an answer on antithymocyte globulin, set alike in the terminal and in the report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from opsonin.knowledge import Fact
from opsonin.patient import Circumstances, Recipient, Request, Serostatus
from opsonin.planning.atg_plan import AtgStamp, PlannedCourse
from opsonin.quantities import show
from opsonin.regimen import GlobulinInfusion
from opsonin.report.lookup_facts import Works, value_text
from opsonin.report.wording import SEVERITY_WORDS, a_day, cite, clock, hours_and_minutes, mark_of, weekday
from opsonin.safety import Finding

NO_ROUNDING = (
    "Doses are exact and not rounded: no source on the shelf says how to round. Milligrams, millilitres and mg/mL are "
    "shown to one, one and two decimals. The pump rate is rounded down, so that no infusion is shorter than its "
    "minimum."
)
DOSE_HEADS = (
    "Day", "Date", "Dose", "Vials", "Left over", "Concentrate", "Final volume", "mg/mL", "Premedication", "Infusion",
    "How long (at least)", "Pump",
)  # fmt: skip
DILUENT_WORDS = {
    "sodium-chloride-0.9": "sodium chloride 0.9 %",
    "dextrose-5": "dextrose 5 %",
    "dextrose-5-sodium-chloride-0.225": "dextrose 5 % with sodium chloride 0.225 %",
    "dextrose-5-sodium-chloride-0.45": "dextrose 5 % with sodium chloride 0.45 %",
}
END_WORDS = {"as-named": "", "smallest": "smallest course", "largest": "largest course"}


@dataclass(frozen=True)
class Table:
    """Rows under heads."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Part:
    """One section: sentences, then a list, then tables."""

    title: str
    says: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


def with_source(text: str, facts: Iterable[Fact], works: Works) -> str:
    """The text with the mark of its least certain fact and the numbers of its works."""
    known = tuple(facts)
    numbers = sorted({works.number(citation) for fact in known for citation in fact.citations})
    return f"{text.rstrip()}{mark_of(known)} {cite(numbers)}".rstrip()


def who(recipient: Recipient, request: Request, circumstances: Circumstances) -> tuple[tuple[str, str], ...]:
    """The person and what is asked for, in pairs."""
    weight = recipient.weight
    counts = "; ".join(
        f"{what.replace('-', ' ')} {m.written} ({a_day(m.taken_on)})"
        for what in dict.fromkeys(m.what for m in recipient.measurements)
        if (m := recipient.latest(what)) is not None
    )
    pairs = [
        ("Case", recipient.id),
        ("Age, sex", f"{show(recipient.age_years, 1)} years, {recipient.sex or 'sex not known'}"),
        ("Weight", f"{show(weight.kg, 1)} kg ({a_day(weight.taken_on)})"),
        ("For", use_in_words(request.indication)),
        ("Transplantation", _transplant(request)),
        ("Route, line", f"{request.route or 'not stated'}, {request.line or 'not stated'}"),
        ("Diluent", DILUENT_WORDS.get(request.diluent or "", request.diluent or "not stated")),
        ("Cytomegalovirus", _serostatus(recipient.cmv)),
        ("Epstein–Barr virus", _serostatus(recipient.ebv)),
        ("Latest counts", counts or "none"),
        ("Pack", circumstances.pack),
    ]
    return tuple(pairs)


def use_in_words(indication: str) -> str:
    """'gvhd-prophylaxis' as the ward writes it.

    >>> use_in_words("gvhd-prophylaxis"), use_in_words("severe-itp")
    ('GVHD prophylaxis', 'severe ITP')
    """
    return indication.replace("-", " ").replace("gvhd", "GVHD").replace("itp", "ITP")


def _transplant(request: Request) -> str:
    if request.transplant_on is None:
        return "not stated"
    when = f" {clock(request.transplant_at)}" if request.transplant_at is not None else ""
    graft = f", {request.graft.replace('-', ' ')}" if request.graft else ""
    return f"{a_day(request.transplant_on)}{when}{graft}"


def _serostatus(status: Serostatus | None) -> str:
    if status is None:
        return "not stated"
    words = {True: "positive", False: "negative", None: "not known"}
    return f"donor {words[status.donor]}, recipient {words[status.recipient]}"


def course_title(planned: PlannedCourse) -> str:
    course = planned.course
    end = END_WORDS[course.end]
    return f"{course.product.brand}, {course.protocol.name}" + (f": {end}" if end else "")


def course_says(planned: PlannedCourse, works: Works) -> tuple[str, ...]:
    """What the protocol says, on which weight, from which recipe, over how long, how much in all."""
    course = planned.course
    limit = planned.limit_mg_per_kg
    ends = (
        f"; the protocol ends at {show(limit)} mg/kg"
        if limit is not None
        else "; its source states no cumulative limit"
    )
    hours = [f for f in course.facts if "infusion_hours" in f.id or "premedication" in f.id]
    recipe = [f for f in course.facts if "dilution" in f.id or "concentration_maximum" in f.id]
    in_all = (
        f"{len(course.infusions)} doses, {show(course.total_mg, 1)} mg, {show(course.total_mg_per_kg)} mg/kg in all"
    )
    return (
        with_source(f"{course.protocol.id}: {course.protocol.says}", (course.protocol.fact,), works),
        f"{in_all}{ends}.",
        *_at_the_site(planned),
        with_source(f"Dosing weight: {course.weight.says}", course.weight.facts, works),
        with_source(course.preparation, recipe, works),
        with_source(f"{course.timing.rstrip('.')}: {_at_least(course.infusions)}.", hours, works),
    )


def _at_the_site(planned: PlannedCourse) -> Iterator[str]:
    """What the case says of the cupboard and of prices, where it says anything."""
    if planned.in_stock is False:
        yield f"{planned.course.product.brand} is not in the stock that the case lists: order it before the first dose."
    if planned.price is not None:
        vials = sum(infusion.vials for infusion in planned.course.infusions)
        yield f"Price of the {vials} vials opened, at the site's own price per gram: {show(planned.price, 2)}."


def _at_least(infusions: Sequence[GlobulinInfusion]) -> str:
    first, last = infusions[0].minimum_hours, infusions[-1].minimum_hours
    return f"at least {show(first)} h" + (
        f" for the first dose, {show(last)} h for later ones" if last != first else ""
    )


def dose_table(infusions: Sequence[GlobulinInfusion], caption: str) -> Table:
    """One row for each run of equal doses on consecutive rows."""
    rows = []
    for _, run in groupby(infusions, key=_same):
        together = list(run)
        rows.append(_dose_row(together))
    return Table(caption, DOSE_HEADS, tuple(rows))


def _same(infusion: GlobulinInfusion) -> tuple[object, ...]:
    start = clock(infusion.starts_at) if infusion.starts_at else ""
    return (infusion.mg, infusion.final_volume_ml, infusion.hours, infusion.rate_ml_per_h, start)


def _dose_row(run: list[GlobulinInfusion]) -> tuple[str, ...]:
    first, last = run[0], run[-1]
    volume, strength, rate = first.final_volume_ml, first.concentration_mg_per_ml, first.rate_ml_per_h
    at = f"{clock(first.starts_at)}–{clock(first.ends_at)}" if first.starts_at and first.ends_at else "no clock time"
    return (
        _span(str(first.day), str(last.day), [str(one.day) for one in run]),
        _span(_date(first.on), _date(last.on), []) if first.on else "not known",
        f"{show(first.mg, 1)}\u00a0mg ({show(first.mg_per_kg)}\u00a0mg/kg)",
        f"{first.vials} × {show(first.concentrate_ml and (first.mg + first.discarded_mg) / first.vials)} mg",
        f"{show(first.discarded_mg, 1)} mg",
        f"{show(first.concentrate_ml, 1)} mL",
        f"{show(volume, 1)} mL" if volume is not None else "not known",
        show(strength, 2) if strength is not None else "not known",
        clock(first.premedication_at) if first.premedication_at else "time not found",
        at,
        f"{hours_and_minutes(first.hours * 60)} ({hours_and_minutes(first.minimum_hours * 60)})",
        f"{show(rate)}\u00a0mL/h" if rate is not None else "not known",
    )


def _span(first: str, last: str, every: list[str]) -> str:
    if first == last:
        return first
    days = [int(day) for day in every]
    if days and days != list(range(days[0], days[-1] + 1)):
        return _runs(days)
    return f"{first} to {last}"


def _runs(days: list[int]) -> str:
    """Days in few words: three or more in a row as a span.

    >>> _runs([1, 2, 3, 5, 7])
    '1 to 3, 5, 7'
    """
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    said = [f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return ", ".join(said)


def _date(on: date | None) -> str:
    return weekday(on) if on is not None else "not known"


def finding_table(courses: Sequence[PlannedCourse], works: Works) -> Table:
    """Every finding, most severe first; whose product it is about, where that is not all of them."""
    rows = tuple(
        (
            SEVERITY_WORDS[finding.severity],
            f"{_about(finding, courses)}{finding.message}{mark_of(finding.facts)} {finding.reason}",
            finding.remedy,
            f"{finding.rule} {with_source('', finding.facts, works)}".rstrip(),
        )
        for finding in merged_findings(courses)
    )
    return Table("Most severe first", ("Severity", "Finding and reason", "What to do", "Rule, source"), rows)


def _about(finding: Finding, courses: Sequence[PlannedCourse]) -> str:
    """The protocols a finding is about, unless it is about all."""
    about = [planned for planned in courses if any(one.rule == finding.rule for one in planned.findings)]
    if len(about) == len(courses):
        return ""
    return f"{', '.join(dict.fromkeys(planned.course.protocol.id for planned in about))}: "


def merged_findings(courses: Sequence[PlannedCourse]) -> tuple[Finding, ...]:
    """The findings of all courses, each once, most severe first."""
    order = list(SEVERITY_WORDS)
    every = {(f.rule, f.severity): f for planned in courses for f in planned.findings}
    return tuple(sorted(every.values(), key=lambda f: (order.index(f.severity), f.rule)))


def fact_line(fact: Fact, works: Works) -> str:
    """A fact in one line: what it says, its value where that is another thing, mark and works."""
    if fact.value == fact.says or isinstance(fact.value, dict):
        return with_source(fact.says, (fact,), works)
    value = " ".join(value_text(fact).removesuffix(fact.mark).split())
    for id, spelled in sorted(DILUENT_WORDS.items(), key=lambda pair: -len(pair[0])):
        value = value.replace(id, spelled)
    return with_source(f"{fact.says.rstrip('.')}: {value.replace('- ', '')}.", (fact,), works)


def stamp_line(stamp: AtgStamp) -> str:
    return (
        f"Opsonin {stamp.package_version}, knowledge {stamp.knowledge_version}, pack {stamp.pack} "
        f"{stamp.pack_version}, as of {a_day(stamp.as_of)}"
    )
