"""What counts as a response?

Takes: reported counts of many people at daily visits. Gives: who reached what, when, for how long, and their class.
May import: patient and below. Works the same on simulated and on observed series.
"""

from opsonin.response.goal import GoalEvent, goal_event
from opsonin.response.iwg import IwgClasses, iwg_2009
from opsonin.response.series import days_at_or_above, first_reaching, next_fall, reached

__all__ = [
    "GoalEvent",
    "IwgClasses",
    "days_at_or_above",
    "first_reaching",
    "goal_event",
    "iwg_2009",
    "next_fall",
    "reached",
]
