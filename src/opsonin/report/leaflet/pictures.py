"""What do the pictures look like? Inline drawings with title and description; told apart by shape, not colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

INK, QUIET, LINE, PALE = "#1b2733", "#4a5763", "#7b8794", "#eef2f5"
BLUE, RED, GOLD = "#0b5a8c", "#8c1d18", "#f2c14e"
_FONT = 'font-family="Arial, Helvetica, sans-serif"'


def _svg(id: str, width: float, height: float, title: str, description: str, body: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" '
        f'aria-labelledby="picture-{id}-title picture-{id}-desc" {_FONT} width="{width:g}" height="{height:g}">'
        f'<title id="picture-{id}-title">{escape(title)}</title>'
        f'<desc id="picture-{id}-desc">{escape(description)}</desc>'
    )
    return head + "".join(body) + "</svg>"


def _text(x: float, y: float, words: str, *, size: float = 13, anchor: str = "middle", weight: str = "normal") -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" text-anchor="{anchor}" font-weight="{weight}" '
        f'fill="{INK}">{escape(words)}</text>'
    )


def _antibody(x: float, y: float, turn: float, colour: str, *, size: float = 10) -> str:
    """A Y: two arms and a stem that points away from what the arms hold."""
    s = size
    return (
        f'<g transform="translate({x:g} {y:g}) rotate({turn:g})" stroke="{colour}" stroke-width="3" fill="none" '
        f'stroke-linecap="round"><path d="M0 0 L0 {-s:g} M0 0 L{-s * 0.7:g} {s * 0.7:g} '
        f'M0 0 L{s * 0.7:g} {s * 0.7:g}"/></g>'
    )


def _platelet(x: float, y: float, words: str, *, tagged: bool) -> list[str]:
    parts = [f'<ellipse cx="{x:g}" cy="{y:g}" rx="34" ry="22" fill="{GOLD}" stroke="{INK}" stroke-width="2"/>']
    if tagged:
        parts += [_antibody(x + dx, y + dy, turn, RED) for dx, dy, turn in ((0, -31, 0), (43, -4, 90), (-43, -4, -90))]
    return [*parts, _text(x, y + 5, words, size=12)]


def _guard(x: float, y: float, words: str, *, filled: bool) -> list[str]:
    """A spleen cell with three cupped hands; filled hands hold antibodies."""
    parts = [f'<circle cx="{x:g}" cy="{y:g}" r="46" fill="{PALE}" stroke="{INK}" stroke-width="2.5"/>']
    for hx, hy in ((x - 66, y - 26), (x - 72, y + 8), (x - 62, y + 40)):
        parts.append(
            f'<path d="M{x - 42:g} {y + (hy - y) * 0.6:g} L{hx + 6:g} {hy:g} M{hx - 6:g} {hy - 11:g} '
            f'Q{hx + 10:g} {hy:g} {hx - 6:g} {hy + 11:g}" stroke="{INK}" stroke-width="4" fill="none" '
            'stroke-linecap="round"/>'
        )
        if filled:
            parts.append(_antibody(hx - 11, hy, 90, BLUE))
    return [*parts, *(_text(x, y + 4 + 15 * n, line, size=12) for n, line in enumerate(words.split("|")))]


@dataclass(frozen=True)
class MechanismWords:
    """The words in a drawing of how the medicine works."""

    title: str
    description: str
    before: str
    after: str
    target: str  # "platelet" | "T cell"
    guard: str  # lines parted by |
    medicine: str
    outcome_before: str
    outcome_after: str


def mechanism_ivig(words: MechanismWords) -> str:
    """Left: the spleen cell grabs a coated platelet. Right: its hands are full, and the platelet goes by."""
    body = [
        f'<rect x="1" y="1" width="318" height="218" rx="8" fill="#fff" stroke="{LINE}"/>',
        f'<rect x="329" y="1" width="318" height="218" rx="8" fill="#fff" stroke="{LINE}"/>',
        _text(160, 24, words.before, weight="bold", size=14),
        _text(488, 24, words.after, weight="bold", size=14),
        *_platelet(80, 118, words.target, tagged=True),
        *_guard(246, 112, words.guard, filled=False),
        _text(160, 206, words.outcome_before),
        *_platelet(392, 82, words.target, tagged=True),
        (
            f'<path d="M440 68 C 500 40 560 40 622 52 M612 44 L624 52 L611 58" stroke="{INK}" stroke-width="2.5" '
            'fill="none" stroke-dasharray="6 4"/>'
        ),
        *_guard(570, 128, words.guard, filled=True),
        _text(420, 176, words.medicine, size=12),
        f'<path d="M456 166 L488 150" stroke="{QUIET}" stroke-width="1.5"/>',
        _text(488, 206, words.outcome_after),
    ]
    return _svg("how", 648, 220, words.title, words.description, body)


def mechanism_atg(words: MechanismWords) -> str:
    """Left: T cells attack. Right: antibodies hold them, and most are cleared away."""
    organ = (
        '<path d="M{x} 82 c34 -30 70 6 58 48 c-8 34 -44 40 -58 14 c-10 -20 -18 -44 0 -62z" '
        'fill="#e9c6bd" stroke="#1b2733" stroke-width="2"/>'
    )
    spiky = []
    for x, y in ((70, 86), (62, 136), (122, 160)):
        spiky += [_t_cell(x, y), f'<path d="M{x + 24} {y + 2} L{x + 52} {y + 4}" stroke="{RED}" stroke-width="3"/>']
    held = []
    for x, y in ((386, 92), (384, 152), (452, 142)):
        held += [
            _t_cell(x, y),
            _antibody(x + 26, y, 90, BLUE),
            _antibody(x - 26, y, -90, BLUE),
            _antibody(x, y - 26, 0, BLUE),
        ]
    body = [
        f'<rect x="1" y="1" width="318" height="218" rx="8" fill="#fff" stroke="{LINE}"/>',
        f'<rect x="329" y="1" width="318" height="218" rx="8" fill="#fff" stroke="{LINE}"/>',
        _text(160, 24, words.before, weight="bold", size=14),
        _text(488, 24, words.after, weight="bold", size=14),
        organ.format(x=196), *spiky, _text(100, 54, words.target, size=12),
        *(_text(225, 116 + 15 * n, line, size=12) for n, line in enumerate(words.guard.split("|"))),
        _text(160, 206, words.outcome_before),
        organ.format(x=546), *held, _text(414, 46, words.medicine, size=12),
        *(_text(575, 116 + 15 * n, line, size=12) for n, line in enumerate(words.guard.split("|"))),
        _text(488, 206, words.outcome_after),
    ]  # fmt: skip
    return _svg("how", 648, 220, words.title, words.description, body)


def _t_cell(x: float, y: float) -> str:
    return (
        f'<circle cx="{x}" cy="{y}" r="18" fill="{PALE}" stroke="{INK}" stroke-width="2"/>'
        f'<circle cx="{x}" cy="{y}" r="9" fill="{LINE}"/>' + _text(x, y + 5, "T", size=13, weight="bold")
    )


def icon_array(id: str, with_it: int, title: str, description: str) -> str:
    """A hundred people, ten by ten; those with it stand filled and first, the others in outline."""
    people = []
    for number in range(100):
        x, y = 8 + 15 * (number % 10), 7 + 19 * (number // 10)
        fill, stroke = (INK, INK) if number < with_it else ("#fff", LINE)
        people.append(
            f'<g fill="{fill}" stroke="{stroke}" stroke-width="1.2"><circle cx="{x}" cy="{y}" r="3.2"/>'
            f'<path d="M{x - 4.6:g} {y + 12} v-4.6 a4.6 4.2 0 0 1 9.2 0 v4.6z"/></g>'
        )
    return _svg(id, 152, 197, title, description, people)


@dataclass(frozen=True)
class TimelineStep:
    """A stretch of the drip at one speed."""

    minutes: float
    speed: float
    starts: str  # clock, or time since the start


def timeline(id: str, steps: Sequence[TimelineStep], ends: str, words: tuple[str, str, str, str]) -> str:
    """The drip as stairs: wider is longer, taller is faster. Words: title, description, slow, fast."""
    title, description, slow, fast = words
    width, height, left = 640.0, 122.0, 12.0
    total, top = sum(step.minutes for step in steps), max(step.speed for step in steps)
    scale = (width - 2 * left) / total
    x, body, last_label = left, [], -100.0
    for step in steps:
        tall = 14 + 48 * step.speed / top
        body.append(
            f'<rect x="{x:.1f}" y="{80 - tall:.1f}" width="{step.minutes * scale:.1f}" height="{tall:.1f}" '
            f'fill="{PALE}" stroke="{INK}" stroke-width="1.5"/>'
        )
        if x - last_label > 46 and x < width - left - 60:
            anchor = "start" if x == left else "middle"
            body += [f'<path d="M{x:.1f} 80 v8" stroke="{INK}"/>', _text(x, 103, step.starts, anchor=anchor)]
            last_label = x
        x += step.minutes * scale
    body += [
        f'<path d="M{left} 80 H{width - left}" stroke="{INK}" stroke-width="2"/>',
        _text(width - left, 103, ends, anchor="end", weight="bold"),
        _text(left, 119, slow, anchor="start", size=12),
        _text(width - left, 12, fast, anchor="end", size=12),
    ]
    return _svg(id, width, height, title, description, body)


@dataclass(frozen=True)
class CountWords:
    """The words in the drawing of the count to come."""

    title: str
    description: str
    middle: str
    half: str
    goal: str
    days: str
    start: str


def count_picture(
    days: Sequence[float],
    middle: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    goal: float,
    words: CountWords,
) -> str:
    """The middle of the forecast and the range of half of the people, with the count that is wanted."""
    width, height, left, right, top, bottom = 640.0, 210.0, 54.0, 16.0, 22.0, 42.0
    ceiling = max(max(high), goal) * 1.1
    last = days[-1]

    def px(day: float) -> float:
        return left + (width - left - right) * day / last

    def py(count: float) -> float:
        return height - bottom - (height - top - bottom) * count / ceiling

    def path(counts: Sequence[float]) -> list[str]:
        return [f"{px(day):.1f} {py(count):.1f}" for day, count in zip(days, counts, strict=True)]

    label = 7.2 * len(words.goal)  # room for the words, at their size
    paper = f'fill="#fff" stroke="{LINE}"'
    area = "M" + " L".join(path(high)) + " L" + " L".join(reversed(path(low))) + " Z"
    step = next(step for step in (10, 20, 25, 50, 100, 200, 500) if ceiling / step <= 5)
    ticks = [
        f'<path d="M{left - 5} {py(count):.1f} h5" stroke="{INK}"/>'
        + _text(left - 8, py(count) + 4, f"{count}", anchor="end", size=12)
        for count in range(0, int(ceiling) + 1, step)
    ]
    weeks = [
        f'<path d="M{px(day):.1f} {height - bottom} v5" stroke="{INK}"/>'
        + _text(px(day), height - bottom + 19, f"{day}", size=12)
        for day in range(0, int(last) + 1, 7)
    ]
    body = [
        f'<path d="{area}" fill="#d5dde4" stroke="{LINE}" stroke-width="1"/>',
        f'<path d="M{" L".join(path(middle))}" fill="none" stroke="{INK}" stroke-width="3"/>',
        f'<path d="M{left} {py(goal):.1f} H{width - right}" stroke="{RED}" stroke-width="2" stroke-dasharray="7 5"/>',
        f'<rect x="{width - right - label:.0f}" y="{py(goal) - 22:.1f}" width="{label:.0f}" height="17" {paper}/>',
        _text(width - right - 5, py(goal) - 9, words.goal, anchor="end", weight="bold", size=12),
        f'<path d="M{left} {top} V{height - bottom} H{width - right}" fill="none" stroke="{INK}" stroke-width="1.5"/>',
        *ticks, *weeks,
        _text((left + width - right) / 2, height - 6, words.days, size=12),
        _text(left + 6, 14, words.start, anchor="start", size=12),
        f'<path d="M{left + 250} 10 h26" stroke="{INK}" stroke-width="3"/>',
        _text(left + 282, 14, words.middle, anchor="start", size=12),
        f'<rect x="{left + 400}" y="4" width="26" height="12" fill="#d5dde4" stroke="{LINE}"/>',
        _text(left + 432, 14, words.half, anchor="start", size=12),
    ]  # fmt: skip
    return _svg("count-picture", width, height, words.title, words.description, body)
