"""What does this case file say, and can it be used?

Takes: a YAML case file. Gives: a frozen Case (Patient, Goal, Circumstances, what was stated), or every problem at
once; the schema, a case to fill in, and the check against the shelf.
May import: planning and below; pydantic and YAML, so the command line imports this room only when it needs it.
"""

from opsonin.case.against_shelf import check_case
from opsonin.case.case import Case
from opsonin.case.problems import problems_as_json
from opsonin.case.read import read_case
from opsonin.case.schema import case_schema
from opsonin.case.template import new_case

__all__ = ["Case", "case_schema", "check_case", "new_case", "problems_as_json", "read_case"]
