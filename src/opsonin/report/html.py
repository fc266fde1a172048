"""Where is the report? One self-contained HTML file: no network, no scripts, printable on A4."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

from opsonin.knowledge import Knowledge
from opsonin.planning.plan import Plan
from opsonin.report.extras import need
from opsonin.report.figures import figures
from opsonin.report.page import page


def write_report(plan: Plan, knowledge: Knowledge, directory: Path) -> Path:
    """Write `report.html` into `directory` (made if missing) and say where it is."""
    return write_page(render_report(plan, knowledge), directory / "report.html")


def write_page(text: str, path: Path) -> Path:
    """Write one whole page, its folder made if missing, and say where it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def render_report(plan: Plan, knowledge: Knowledge) -> str:
    """The report as one HTML document."""
    environment = _environment()
    template = environment.get_template("report.html.j2")
    drawn = figures(plan, knowledge.ranking.probabilities_shaded)
    text: str = template.render(page=page(plan, knowledge, drawn=drawn), stylesheet=_stylesheet())
    return text


def css_text(text: str) -> str:
    """Any text as a CSS string: everything but letters, digits and spaces escaped, so nothing can leave it."""
    inside = "".join(c if c.isascii() and (c.isalnum() or c == " ") else f"\\{ord(c):x} " for c in text)
    return f'"{inside}"'


def unbroken(text: str) -> str:
    """'3 × 20 g + 1 × 10 g' breaking only before a plus sign."""
    return text.replace(" ", "\u00a0").replace("\u00a0+\u00a0", " +\u00a0")


def _environment() -> Any:
    jinja2 = need("jinja2")
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("opsonin.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["unbroken"] = unbroken
    environment.filters["css_text"] = lambda text: need("markupsafe").Markup(css_text(text))
    environment.filters["drawn"] = lambda svg: need("markupsafe").Markup(svg)  # our own figures only
    return environment


def _stylesheet() -> str:
    text = resources.files("opsonin.report").joinpath("templates", "report.css").read_text(encoding="utf-8")
    markup: str = need("markupsafe").Markup(text)
    return markup
