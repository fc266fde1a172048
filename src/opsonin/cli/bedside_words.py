"""What did the nurse type? Short words at the screen become the fields of one event; units are written, never guessed.

start 42 mL/h lot A123 vials 20 20 5      rate 84 mL/h        v 36.8C 120/75 80 16 98% ok
s headache mild   gone headache   m paracetamol 500 mg   pause itching   resume 42 mL/h   bag lot A124 vials 20
stop severe rash   end   note walked to the toilet   wrong ID typed the wrong rate
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from opsonin.errors import InputRefused, Problem

HELP = (
    "start 42 mL/h lot A1 vials 20 20 [made 08:30] · rate 84 mL/h · v 36.8C 120/75 80 16 98% ok|bad · "
    "s headache mild · gone headache|all · m paracetamol 500 mg · pause [120 mL] WHY · resume [42 mL/h] · "
    "bag lot A2 vials 20 · stop [120 mL] WHY · end [450 mL] · note WORDS · wrong ID WHY · checked ID [WHY NOT] · "
    "@09:30 … for a late entry · ? help · q leave"
)
_RATE = re.compile(r"^\s*([0-9]+(?:\.[0-9]+)?)\s*mL/h\b\s*(.*)$", re.IGNORECASE)
_VOLUME = re.compile(r"^([0-9]+(?:\.[0-9]+)?\s*mL)\s+(.+)$", re.IGNORECASE)
_MADE = re.compile(r"\s*\bmade\s+(\S+)")
_SHORT = {"v": "vitals", "s": "symptom", "m": "medicine", "r": "rate", "go": "resume", "p": "pause"}


def line_of(typed: str) -> dict[str, Any]:
    """The fields of the event in these words, without time, role and infusion. Raises InputRefused.

    >>> line_of("v 36.8C 120/75 80 16 ok")["blood_pressure"]
    '120/75 mmHg'
    >>> line_of("s headache mild")["severity"]
    'mild'
    """
    word, _, rest = typed.strip().partition(" ")
    kind = _SHORT.get(word.lower(), word.lower())
    make = _MAKERS.get(kind)
    if make is None:
        raise _refused(typed, "is not understood.", HELP)
    return make(rest.strip())


def _start(rest: str) -> dict[str, Any]:
    rate, more = _rate_first(rest, "start")
    return {"kind": "start", "rate": rate, **_hung(more, "start")}


def _rate(rest: str) -> dict[str, Any]:
    rate, more = _rate_first(rest, "rate")
    return {"kind": "rate", "rate": rate, **({"reason": more} if more else {})}


def _resume(rest: str) -> dict[str, Any]:
    if not rest:
        return {"kind": "resume"}
    return {"kind": "resume", "rate": _rate_first(rest, "resume")[0]}


def _bag(rest: str) -> dict[str, Any]:
    return {"kind": "bag", **_hung(rest, "bag")}


def _vitals(rest: str) -> dict[str, Any]:
    """Temperature with its letter, pressure, pulse, breaths, saturation with %, and the judgement, in this order."""
    words = rest.split()
    line: dict[str, Any] = {"kind": "vitals"}
    if words and words[-1].lower() in ("ok", "bad"):
        line["judged"] = "acceptable" if words.pop().lower() == "ok" else "not-acceptable"
    counts: list[str] = []
    for word in words:
        if re.fullmatch(r"[0-9.]+°?[CF]", word, re.IGNORECASE):
            line["temperature"] = f"{word[:-1].rstrip('°')} °{word[-1].upper()}"
        elif re.fullmatch(r"[0-9]+/[0-9]+", word):
            line["blood_pressure"] = f"{word} mmHg"
        elif re.fullmatch(r"[0-9.]+%", word):
            line["oxygen_saturation"] = f"{word[:-1]} %"
        elif re.fullmatch(r"[0-9]+", word) and len(counts) < 2:
            counts.append(f"{word} /min")
        else:
            raise _refused(word, "is no vital sign here.", "Write: v 36.8C 120/75 80 16 98% ok (pulse before breaths).")
    line.update(zip(("pulse", "respiratory_rate"), counts, strict=False))
    return line


def _symptom(rest: str) -> dict[str, Any]:
    words = rest.split()
    if len(words) < 2:
        raise _refused(rest, "needs a symptom and how bad it is.", "Write: s headache mild.")
    return {"kind": "symptom", "what": words[0].lower(), "severity": words[1].lower(), "says": " ".join(words)}


def _gone(rest: str) -> dict[str, Any]:
    what = rest.lower() or "all"
    return {"kind": "symptom", "what": what, "severity": "passed", "says": f"{what} passed"}


def _medicine(rest: str) -> dict[str, Any]:
    name, _, dose = rest.partition(" ")
    if not name:
        raise _refused(rest, "needs the medicine.", "Write: m paracetamol 500 mg.")
    return {"kind": "given", "what": name, **({"dose": dose} if dose else {})}


def _with_reason(kind: str) -> Callable[[str], dict[str, Any]]:
    def make(rest: str) -> dict[str, Any]:
        if not rest:
            raise _refused(kind, "needs its reason.", f"Write: {kind} itching.")
        read = _VOLUME.match(rest)
        return {"kind": kind, "reason": read[2], "volume": read[1]} if read else {"kind": kind, "reason": rest}

    return make


def _end(rest: str) -> dict[str, Any]:
    return {"kind": "end", **({"volume": rest} if rest else {})}


def on_its_day(line: dict[str, Any], moment: Callable[[str], datetime]) -> dict[str, Any]:
    """The same with the time of day at which the bag was made as a whole moment."""
    return {**line, "made": moment(line["made"]).isoformat(timespec="seconds")} if "made" in line else line


def _note(rest: str) -> dict[str, Any]:
    if not rest:
        raise _refused("note", "says nothing.", "Write: note walked to the toilet.")
    return {"kind": "note", "says": rest}


def _checked(rest: str) -> dict[str, Any]:
    id, _, why = rest.partition(" ")
    if not id:
        raise _refused(rest, "needs the id of the event that was checked.", "Write: checked ID, or checked ID WHY NOT.")
    return {"kind": "check", "about": id, **({"outcome": "disagrees", "reason": why} if why else {"outcome": "agrees"})}


def _wrong(rest: str) -> dict[str, Any]:
    id, _, why = rest.partition(" ")
    if not why:
        raise _refused(rest, "needs the id of the wrong event and the reason.", "Write: wrong ID typed the wrong rate.")
    return {"kind": "correction", "corrects": id, "reason": why}


_MAKERS: dict[str, Callable[[str], dict[str, Any]]] = {
    "start": _start,
    "rate": _rate,
    "resume": _resume,
    "bag": _bag,
    "vitals": _vitals,
    "symptom": _symptom,
    "gone": _gone,
    "medicine": _medicine,
    "pause": _with_reason("pause"),
    "stop": _with_reason("stop"),
    "end": _end,
    "note": _note,
    "wrong": _wrong,
    "checked": _checked,
}
KINDS = tuple(_MAKERS)


def _rate_first(rest: str, kind: str) -> tuple[str, str]:
    match = _RATE.match(rest)
    if match is None:
        raise _refused(rest, "is not a rate with its unit.", f"Write: {kind} 42 mL/h.")
    return f"{match[1]} mL/h", match[2].strip()


def _hung(rest: str, kind: str) -> dict[str, Any]:
    made = _MADE.search(rest)
    rest = _MADE.sub("", rest)
    lots = re.search(r"\blots?\s+(.+?)(?=\s+vials\b|$)", rest)
    vials = re.search(r"\bvials\s+([0-9. gm]+)$", rest)
    if lots is None or vials is None:
        raise _refused(rest, "lacks lot or vials.", f"Write: {kind} … lot A123 vials 20 20 5 (grams in each vial).")
    sizes = [f"{size} {unit or 'g'}" for size, unit in re.findall(r"([0-9.]+)\s*(mg|g)?", vials[1])]
    return {"lots": lots[1].split(), "vials": sizes, **({"made": made[1]} if made else {})}


def _refused(value: str, why: str, remedy: str) -> InputRefused:
    return InputRefused([Problem("typed", value, why, remedy)])
