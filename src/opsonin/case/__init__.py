"""What does this case file say, and can it be used?

Takes: a YAML case file. Gives: a frozen Case or AtgCase (who, what for, circumstances, what was stated), or every
problem at once; the schema, a case to fill in, and the check against the shelf.
May import: planning and below; pydantic and YAML, so the command line imports this room only when it needs it.
"""

from opsonin.case.against_shelf import check_case
from opsonin.case.case import AtgCase, Case
from opsonin.case.problems import problems_as_json
from opsonin.case.read import open_case, read_case
from opsonin.case.schema import case_schema
from opsonin.case.template import new_case

__all__ = ["AtgCase", "Case", "case_schema", "check_case", "new_case", "open_case", "problems_as_json", "read_case"]
