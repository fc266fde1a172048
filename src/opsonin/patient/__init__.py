"""Who is this, what is it for, and under which circumstances?

Takes: values read from a case. Gives: Patient, Goal, Circumstances; what is not known stays None.
May import: knowledge and below; no array libraries.
"""

from opsonin.patient.patient import (
    RISKS,
    Bleeding,
    Circumstances,
    Diagnosis,
    EarlierTreatment,
    GivenDose,
    Goal,
    Measurement,
    Medicine,
    Patient,
    StockItem,
    ToleratedInfusion,
    Vaccine,
    Weight,
)
from opsonin.patient.recipient import (
    ATG_RISKS,
    EarlierCourse,
    GlobulinDose,
    Recipient,
    Request,
    Serostatus,
    SkinTest,
)

__all__ = [
    "ATG_RISKS",
    "RISKS",
    "Bleeding",
    "Circumstances",
    "Diagnosis",
    "EarlierCourse",
    "EarlierTreatment",
    "GivenDose",
    "GlobulinDose",
    "Goal",
    "Measurement",
    "Medicine",
    "Patient",
    "Recipient",
    "Request",
    "Serostatus",
    "SkinTest",
    "StockItem",
    "ToleratedInfusion",
    "Vaccine",
    "Weight",
]
