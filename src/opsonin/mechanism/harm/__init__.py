"""What may go wrong, how often, when, and what drives it? Modules beside the main model; each may be left out.

Takes: a patient, a regimen, the shelf `harms/`. Gives: chances per course with intervals, onset, drivers, conflicts;
the hazard of reactions during an infusion. May import: mechanism, simulate, patient, regimen, knowledge and below.
"""

from opsonin.mechanism.harm.chances import HarmChance, chances
from opsonin.mechanism.harm.harms import HARMS, Harm, HarmDriver, harms
from opsonin.mechanism.harm.reactions import Reaction, ReactionHazard, reaction_hazards, reactions

__all__ = [
    "HARMS",
    "Harm",
    "HarmChance",
    "HarmDriver",
    "Reaction",
    "ReactionHazard",
    "chances",
    "harms",
    "reaction_hazards",
    "reactions",
]
