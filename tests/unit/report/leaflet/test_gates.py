"""Gates that every leaflet passes: plain words, short sentences, honest numbers, a fact behind each claim."""

import re

import pytest
import textstat

from opsonin.knowledge import load_knowledge
from opsonin.report.leaflet.glossary import GLOSSARY, stands_in
from opsonin.report.leaflet.leaflet import PLAN, SIGNPOST, TEAM, Bullets, Paragraph, Picture, Terms, sentences_of

KNOWN = load_knowledge()
GRADE = {"parent": 6, "child": 6, "teen": 6, "adult": 8}  # highest school grade
LONGEST = 30  # words in one sentence; lists of signs are the longest
LONGEST_TOLD = 24  # words in one sentence that tells something
SYLLABLES = 3  # from here upwards a word has to be everyday or explained

# Words of three syllables or more that need no explaining. Add one only if a child of eleven knows it.
EVERYDAY = {
    "animal", "animals", "another", "attacking", "chickenpox", "computer", "emergency", "everyone", "expected",
    "hospital", "life-threatening", "medicine", "medicines", "operation", "periods", "reaction", "serious",
    "temperature", "vomiting", "november", "december", "january", "february", "september", "october", "saturday",
}  # fmt: skip
# Words of the trade that no reader is left alone with.
JARGON = (
    "adverse", "anaemia", "anaphylaxis", "antibody", "antigen", "antihistamine", "aseptic", "ATG",
    "blood pressure", "bone marrow", "clot", "count", "creatinine", "cytopenia", "dose", "drip", "haemoglobin",
    "haemolysis", "hypertension", "immune system", "immunosuppressant", "infection", "infusion", "intravenous",
    "ITP", "IVIG", "leukopenia", "lymphocyte", "lymphoma", "macrophage", "meningitis", "mucosa", "neutropenia",
    "oedema", "petechiae", "plasma", "platelet", "premedication", "prophylaxis", "receptor", "rejection", "renal",
    "serology", "serum sickness", "spleen", "stem cells", "steroid", "T cell", "T cells", "thrombosis",
    "transfusion", "urticaria", "vaccine", "virus",
)  # fmt: skip
TOLD_WITHIN = {"hepatitis": "sore liver", "PML": "virus in the brain"}  # explained in the sentence itself
NUMBER_OF = re.compile(r"\b(\d+) (?:to \d+ )?of (\d+)\b")
ONE_IN = re.compile(r"\b(?:one|1|two|2) (?:in|out of) (?:\d+|every|three|four|five|ten)\b|%|\bpercent\b", re.IGNORECASE)
# Advice to change a dose, a speed or a day, unless it is what must not be done or what the team does.
CHANGES = re.compile(
    r"\b(?:take|give|use) (?:\w+ )?(?:less|more|half|double|another)\b.*\b(?:dose|drip|medicine|IVIG|ATG)\b"
    r"|\b(?:skip|stop|halve|double|delay|change|lower|raise|slow|speed up)\b (?:the|a|your|this|that|any|one)\b"
    r".{0,30}\b(?:dose|drip|medicine|steroids?|pills?|days?|treatment)\b",
    re.IGNORECASE,
)
NOT_ALONE = re.compile(r"\b(?:never|do not|not|team decides|nurse)\b", re.IGNORECASE)


def told(leaflet):
    """What the project says; the team's own words are the team's."""
    return [one for one in leaflet.sentences() if one.because != TEAM]


def text_of(sentences):
    return " ".join(one.text for one in sentences)


def parts(text):
    return [part for part in re.split(r"(?<=[.?!:])\s+", text) if part]


def names(leaflet):
    """Proper names: brands and generic names of medicines, the procedure as the case writes it."""
    brands = {product.brand.lower() for product in KNOWN.products.values()}
    generic = {"rituximab", "basiliximab", "daclizumab", "alemtuzumab", "cyclophosphamide", "eltrombopag", "ibuprofen"}
    return brands | generic | {"cholecystectomy", "naproxen", "rubella"}


def test_the_grade_is_low_enough_with_every_word_counted(leaflet):
    text, limit = text_of(told(leaflet)), GRADE[leaflet.reader]
    assert textstat.flesch_kincaid_grade(text) <= limit
    assert textstat.smog_index(text) <= limit


def test_the_grade_of_the_running_text_alone_is_low_enough(leaflet):
    """Lists of short items make a text look easier than it is."""
    running = [
        sentence
        for section in leaflet.sections
        for block in section.blocks
        if isinstance(block, Paragraph)
        for sentence in block.sentences
        if sentence.because != TEAM
    ]
    text, limit = text_of(running), GRADE[leaflet.reader]
    assert textstat.flesch_kincaid_grade(text) <= limit
    assert textstat.smog_index(text) <= limit


def test_the_measure_tells_hard_text_from_easy():
    hard = (
        "Intravenous immunoglobulin occasionally precipitates aseptic meningitis, haemolysis and thromboembolic "
        "complications. Patients experiencing neurological manifestations necessitate immediate evaluation. "
        "Premedication administration is individualised according to institutional recommendations."
    )
    assert textstat.flesch_kincaid_grade(hard) > 12 and textstat.smog_index(hard) > 12


def test_sentences_are_short(leaflet):
    for block in (block for section in leaflet.sections for block in section.blocks):
        limit = LONGEST if isinstance(block, Bullets | Terms) else LONGEST_TOLD
        for one in sentences_of(block):
            if one.because != TEAM:
                assert [part for part in parts(one.text) if len(part.split()) > limit] == []


def test_no_hard_word_is_left_unexplained(leaflet):
    text = text_of(told(leaflet))
    for name in sorted(names(leaflet), key=len, reverse=True):
        text = re.sub(re.escape(name), "", text, flags=re.IGNORECASE)
    without_glossary = written_out(text)
    for entry in GLOSSARY:
        for form in entry.forms:
            without_glossary = re.sub(rf"\b{re.escape(form)}\b", "", without_glossary, flags=re.IGNORECASE)
    words = {word.strip(".,;:?!()†‡’").lower() for word in without_glossary.split()}
    hard = {word for word in words if word.isalpha() and textstat.syllable_count(word) >= SYLLABLES}
    assert hard - EVERYDAY - {word.lower() for word in TOLD_WITHIN} == set()


def written_out(text):
    """The text without the long forms that the glossary puts behind a short one."""
    return re.sub(r"\([A-Z][a-z ]+\.\)", "", text)


def test_words_of_the_trade_are_in_the_glossary_or_not_used(leaflet):
    text = written_out(text_of(told(leaflet)))
    explained = {form for entry in GLOSSARY for form in entry.forms}
    used = [word for word in JARGON if re.search(rf"\b{word}s?\b", text, re.IGNORECASE)]
    assert [word for word in used if word.lower() not in explained] == []
    for word, meaning in TOLD_WITHIN.items():
        assert word not in text or meaning in text


def test_every_word_of_the_glossary_that_is_used_stands_under_words_we_use(leaflet):
    words = leaflet.sections[-1]
    assert words.id == "words"
    shown = {sentence.id for block in words.blocks for sentence in sentences_of(block)}
    text = text_of(
        [one for section in leaflet.sections[:-1] for block in section.blocks for one in sentences_of(block)]
    )
    for entry in GLOSSARY:
        if stands_in(entry, text):
            assert f"word.{entry.id}.means" in shown


def test_numbers_are_natural_frequencies_of_a_hundred(leaflet):
    text = text_of(told(leaflet))
    for brand in (product.brand for product in KNOWN.products.values() if "%" in product.brand):
        text = text.replace(brand, "")
    assert {whole for _, whole in NUMBER_OF.findall(text)} <= {"100"}
    assert ONE_IN.findall(text) == []


def test_both_sides_of_a_frequency_are_told(leaflet):
    """Whoever hears how many have it hears how many do not."""
    for section in leaflet.sections:
        for block in section.blocks:
            for one in sentences_of(block):
                found = re.search(r"[Oo]f 100 .*?, about (\d+)\b.*?About (\d+) (?:do|did) not", one.text)
                if found:
                    assert int(found[1]) + int(found[2]) == 100


@pytest.mark.parametrize("bad", ["1 in 10 people", "One in three people", "30 % of people", "two out of three"])
def test_the_gate_sees_a_frequency_of_another_kind(bad):
    assert ONE_IN.search(bad)


def advises_a_change(text):
    return [part for part in parts(text) if CHANGES.search(part) and not NOT_ALONE.search(part)]


def test_nobody_is_told_to_change_a_dose_alone(leaflet):
    assert advises_a_change(text_of(told(leaflet))) == []


@pytest.mark.parametrize(
    "bad",
    [
        "If you feel ill, take half the dose.",
        "Skip a dose when you have a fever.",
        "You can stop the drip.",
        "Change the days if you like.",
        "Stop your steroids.",
    ],
)
def test_the_gate_sees_advice_to_change_a_dose(bad):
    assert advises_a_change(bad)


def test_every_claim_rests_on_a_fact_of_the_shelf(leaflet):
    for one in leaflet.sentences():
        assert one.facts or one.because in (PLAN, TEAM, SIGNPOST), one.id
        for fact in one.facts:
            assert KNOWN.facts.get(fact.id) is not None, (one.id, fact.id)
            assert fact.found, (one.id, fact.id)


def test_what_rests_on_nothing_claims_no_number(leaflet):
    for one in leaflet.sentences():
        if not one.facts and one.because == SIGNPOST:
            assert not re.search(r"\d", one.text.replace("10⁹", "")), one.id


def test_signs_stand_under_the_urgency_of_their_source(leaflet):
    lists = [b for s in leaflet.sections if s.id == "help" for b in s.blocks if isinstance(b, Bullets) and b.urgency]
    assert [one.urgency for one in lists] == ["now", "call", "tell"]
    for one in lists:
        for item in one.items:
            assert {fact.value["urgency"] for fact in item.facts} == {one.urgency}, item.id


def test_a_number_that_nobody_checked_says_so_in_plain_words(leaflet):
    marks = {one.mark for one in leaflet.sentences()} - {""}
    assert marks == {mark for mark, _ in leaflet.marks}
    assert all(len(words.split()) > 6 for _, words in leaflet.marks)
    for one in leaflet.sentences():
        if re.search(r"\d", one.text) and one.because != PLAN and any(fact.mark for fact in one.facts):
            assert one.mark, one.id


@pytest.mark.parametrize(
    ("case", "reader", "document"),
    [
        ("child-new-itp", "parent", {*(f"B{n}" for n in range(1, 16)), *(f"C{n}" for n in range(1, 10))}),
        ("adult-before-surgery", "adult", {*(f"B{n}" for n in range(1, 16)), *(f"C{n}" for n in range(1, 10))}),
        ("atg-child-hct", "parent", {f"A{n}" for n in range(1, 21)}),
        ("atg-kidney-induction", "adult", {f"A{n}" for n in range(1, 21)} - {"A6"}),  # A6 is of children
    ],
)
def test_every_fact_of_the_source_documents_is_told(leaflet_of, case, reader, document):
    carried = {tag.removeprefix("SRC-") for fact in leaflet_of(case, reader).facts() for tag in fact.tags}
    assert document - carried == set()


def test_three_to_five_questions_check_whether_it_was_clear(leaflet):
    check = next(section for section in leaflet.sections if section.id == "check")
    questions = check.blocks[-1]
    assert 3 <= len(questions.pairs) <= 5
    assert all(question.text.endswith("?") and answers for question, answers in questions.pairs)


def test_it_has_a_picture_of_the_mechanism_and_one_of_people(leaflet):
    pictures = [block for section in leaflet.sections for block in section.blocks if isinstance(block, Picture)]
    assert 'id="picture-how-title"' in pictures[0].svg
    assert leaflet.reader == "child" or any("people-" in b.svg for s in leaflet.sections for b in _pictures(s))


def _pictures(section):
    for block in section.blocks:
        yield from getattr(block, "pictures", (block,) if isinstance(block, Picture) else ())
