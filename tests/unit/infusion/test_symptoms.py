"""Everything the source documents name can be entered at the bedside, with how bad it is."""

import pytest

from opsonin.infusion import chart
from opsonin.infusion.happenings import SEVERITIES

NAMED = {  # what each sentence names → the symptom it is entered as
    "SRC-C5": {
        "fever": "fever", "chills": "chills", "rash": "rash", "pain in chest": "chest-pain", "back": "back-pain",
        "hip": "hip-pain", "other joints": "joint-pain", "muscles": "muscle-pain", "nausea": "nausea",
        "vomiting": "vomiting", "low blood pressure": "low-blood-pressure", "allergic reaction": "allergic-reaction",
        "itching": "itching", "redness": "redness", "breathing problems": "breathing-problems", "side": "side-pain",
        "headache": "headache",
    },
    "SRC-B13": {
        "headache": "headache", "high blood pressure": "high-blood-pressure", "fever": "fever", "chills": "chills",
        "nausea": "nausea", "vomiting": "vomiting", "muscle aches": "muscle-pain",
    },
    "SRC-B15": {
        "aseptic meningitis": "aseptic-meningitis", "haemolysis": "haemolysis", "kidney dysfunction": "kidney-failure",
        "thrombosis": "thrombosis", "severe allergy": "anaphylaxis",
    },
    "SRC-A7": {
        "fever": "fever", "chills": "chills", "nausea": "nausea", "vomiting": "vomiting", "diarrhoea": "diarrhoea",
        "headache": "headache", "rash": "rash", "injection-site": "injection-site",
    },
    "SRC-A8": {
        "infection": "infection", "cytopenia": "cytopenia", "fluid retention": "fluid-retention",
        "high blood pressure": "high-blood-pressure", "allergy": "allergic-reaction", "anaphylaxis": "anaphylaxis",
        "hepatitis": "hepatitis",
    },
}  # fmt: skip


@pytest.mark.parametrize("source", NAMED)
def test_every_symptom_of_the_sentence_can_be_entered_with_its_severity(source, known, order_of, bed):
    said = known.fact(f"source_facts/{source.removeprefix('SRC-')}").says
    order = order_of()
    for words, symptom in NAMED[source].items():
        assert words in said.lower().replace("\n", " "), f"{source} no longer says {words!r}"
        assert source in order.rules.symptoms[symptom].tags
        for severity in SEVERITIES:
            felt = chart(order, [bed.signs(-5), bed.start(order), bed.symptom(10, symptom, severity)])
            (onset,) = felt.active
            assert (onset.what, onset.severity) == (symptom, severity) and felt.supervision != "clear"


def test_the_sentences_name_nothing_that_is_not_listed_here(known):
    tagged = {
        source: {fact.id.rpartition("/")[2] for fact in known.facts_under("infusion/symptoms") if source in fact.tags}
        for source in NAMED
    }
    assert tagged == {source: set(names.values()) for source, names in NAMED.items()}
