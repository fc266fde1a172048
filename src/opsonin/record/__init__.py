"""What was planned, decided, given and felt, and can anyone show that nothing was lost or changed?

Takes: events (opsonin.patient.event). Gives: a Record that only grows, entries chained by hashes, the first broken
link when there is one, exports, what a patient tolerated.
May import: planning and below; SQLAlchemy, Alembic and rfc8785 (extra `record`), only when a record is opened.
"""

from opsonin.record.chain import Break, Entry, Head
from opsonin.record.errors import NotRecorded, RecordBroken, RecordNotInstalled, RecordUnavailable, RecordWarning
from opsonin.record.opening import create_record, open_record, upgrade_record
from opsonin.record.tolerance import Tolerance, tolerance
from opsonin.record.verify import Verification

__all__ = [
    "Break",
    "Entry",
    "Head",
    "NotRecorded",
    "RecordBroken",
    "RecordNotInstalled",
    "RecordUnavailable",
    "RecordWarning",
    "Tolerance",
    "Verification",
    "create_record",
    "open_record",
    "tolerance",
    "upgrade_record",
]
