"""Where was it read, by whom, how well?

Takes: keys. Gives: Source, Citation, and the one vocabulary of marks (how obtained, how far verified).
May import: errors.
"""

from opsonin.sources.addresses import is_own_page, reading
from opsonin.sources.marks import EVIDENCE_MARKS, Obtained, Status, mark
from opsonin.sources.source import Citation, Source

__all__ = ["EVIDENCE_MARKS", "Citation", "Obtained", "Source", "Status", "is_own_page", "mark", "reading"]
