"""How does the infusion run, hour by hour, and what do the rules say when the person feels something?

Takes: an Order (one day of a regimen), what happened at the bedside, a moment. Gives: Chart, Advice, Totals, Delivered.
May import: response, safety, mechanism, simulate, patient, regimen and below.
"""

from opsonin.infusion.advice import advice
from opsonin.infusion.advised import AID, Advice
from opsonin.infusion.chart import Chart, chart
from opsonin.infusion.forecast import Totals, totals
from opsonin.infusion.happenings import Happening
from opsonin.infusion.order import Order, immunoglobulin_order

__all__ = [
    "AID",
    "Advice",
    "Chart",
    "Happening",
    "Order",
    "Totals",
    "advice",
    "chart",
    "immunoglobulin_order",
    "totals",
]
