"""What was found, said once each: every distinct finding with a short code, and where it applies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from opsonin.planning.plan import Candidate, Plan
from opsonin.regimen.regimen import Regimen
from opsonin.report.bibliography import References
from opsonin.report.wording import SEVERITY_WORDS, cite, mark_of, schedule, sentence
from opsonin.safety.finding import SEVERITIES, Finding


@dataclass(frozen=True)
class CodedFinding:
    """A finding with its code, its words, and the regimens or products it is about."""

    code: str  # "F1"
    severity: str
    severity_words: str
    message: str
    reason: str
    remedy: str
    rule: str
    mark: str
    cites: str
    about: tuple[str, ...]  # "" is never in it; empty: the person, whatever the regimen


class FindingList:
    """Every distinct finding of a plan, most severe first, and the codes of any of them."""

    def __init__(self, plan: Plan, references: References) -> None:
        said = sorted(_said(plan).items(), key=lambda item: SEVERITIES.index(item[1].finding.severity))
        self._coded = {
            key: _coded(f"F{number}", once.finding, _about(plan, once.regimens, once.brands), references)
            for number, (key, once) in enumerate(said, start=1)
        }
        self.all = tuple(self._coded.values())

    def of(self, findings: Iterable[Finding]) -> tuple[CodedFinding, ...]:
        """These findings with their codes, most severe first."""
        wanted = {_key(finding) for finding in findings}
        return tuple(coded for key, coded in self._coded.items() if key in wanted)

    def for_candidate(self, plan: Plan, candidate: Candidate) -> tuple[CodedFinding, ...]:
        """What was found about the person and about this regimen."""
        return self.of([*plan.findings, *candidate.findings])


@dataclass
class _Once:
    """A finding met at least once, and what it was met on."""

    finding: Finding
    regimens: list[Regimen] = field(default_factory=list)
    brands: list[str] = field(default_factory=list)


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.severity, finding.message


def _about(plan: Plan, regimens: Sequence[Regimen], brands: Sequence[str]) -> tuple[str, ...]:
    """The regimens a finding is about, in as few words as name them all; other products only when no regimen is."""
    if not regimens:
        return tuple(dict.fromkeys(brands))
    if len(regimens) == len(plan.candidates):
        return ("every candidate",)
    words = []
    for brand in dict.fromkeys(regimen.product.brand for regimen in regimens):
        met = [schedule(regimen.schedule) for regimen in regimens if regimen.product.brand == brand]
        every = sum(candidate.regimen.product.brand == brand for candidate in plan.candidates)
        words.append(brand if len(met) == every else f"{brand} ({'; '.join(met)})")
    return tuple(words)


def _said(plan: Plan) -> dict[tuple[str, str, str], _Once]:
    """Findings that say the same thing together, with the regimens or products each is about."""
    said: dict[tuple[str, str, str], _Once] = {}
    for finding in plan.findings:
        said.setdefault(_key(finding), _Once(finding))
    for candidate in plan.candidates:
        for finding in candidate.findings:
            said.setdefault(_key(finding), _Once(finding)).regimens.append(candidate.regimen)
    for offer in plan.offers:
        for finding in offer.findings:
            said.setdefault(_key(finding), _Once(finding)).brands.append(offer.product.brand)
    return said


def _coded(code: str, finding: Finding, about: tuple[str, ...], references: References) -> CodedFinding:
    return CodedFinding(
        code=code,
        severity=finding.severity,
        severity_words=SEVERITY_WORDS[finding.severity],
        message=sentence(finding.message),
        reason=sentence(finding.reason),
        remedy=sentence(finding.remedy),
        rule=finding.rule,
        mark=mark_of(finding.facts),
        cites=cite(references.numbers(finding.facts)),
        about=about,
    )
