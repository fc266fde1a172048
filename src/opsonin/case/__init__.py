"""What does this case file say, and can it be used?

Takes: a YAML case file. Gives: a frozen Case (Patient, Goal, Circumstances, what was stated), or every problem at
once; the schema, a case to fill in, and the check against the shelf.
May import: planning and below; pydantic and YAML, so the command line imports this room only when it needs it.
"""

from opsonin.case.case import Case
from opsonin.case.read import read_case

__all__ = ["Case", "read_case"]
