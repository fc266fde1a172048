"""How do we say it?

Takes: a Plan and the Knowledge it was made with. Gives: a terminal summary, one HTML file, bibliography,
working.
May import: therapy, case, planning and below; rich, Jinja2 and Matplotlib only inside the functions that need them.
"""

from opsonin.report.bibliography import Reference, WorkingLine, bibliography, working
from opsonin.report.extras import ReportNotInstalled
from opsonin.report.html import render_report, write_report
from opsonin.report.terminal import print_plan

__all__ = [
    "Reference",
    "ReportNotInstalled",
    "WorkingLine",
    "bibliography",
    "print_plan",
    "render_report",
    "working",
    "write_report",
]
