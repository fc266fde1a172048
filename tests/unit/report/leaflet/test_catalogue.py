"""The texts: one catalogue, compiled as written, every text used, every placeholder filled."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from opsonin.report.leaflet.catalogue import DOMAIN, LANGUAGES, LOCALES, Catalogue, TextMissing

SOURCES = Path(LOCALES).parent


def written(language):
    with (LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        return {(one.context, one.id): one.string for one in read_po(file) if one.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_texts_are_those_written(language):
    data = (LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.mo").read_bytes()
    compiled = {(one.context, one.id): one.string for one in read_mo(io.BytesIO(data)) if one.id}
    assert compiled == written(language), "run: pybabel compile -d src/opsonin/report/leaflet/locales -D leaflet"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reader_s_version_fills_no_other_placeholders(language):
    texts = written(language)
    for (reader, id), text in texts.items():
        if reader is not None:
            general = set(re.findall(r"\{(\w+)\}", texts[None, id]))
            assert set(re.findall(r"\{(\w+)\}", text)) <= general, (reader, id)


def test_no_text_is_left_over(planned):
    """Every id stands in the code, or is put together there from a beginning."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES.glob("*.py"))
    code += "".join(path.read_text(encoding="utf-8") for path in (SOURCES.parent / "templates").glob("leaflet.*"))
    starts = re.findall(r'f"([a-z0-9.-]+[.-])\{', code) + re.findall(r"'([a-z.]+\.)' ~", code)
    starts += re.findall(r'"([a-z]+\.)" \+', code)
    named = set(re.findall(r"""["']([a-z0-9.-]+)["']""", code))
    loose = [id for _, id in written("en") if id not in named and not id.startswith(tuple(starts))]
    assert loose == []


def test_a_missing_text_is_named():
    with pytest.raises(TextMissing, match="nothing-such"):
        Catalogue("en", "adult").text("nothing-such")


def test_a_reader_has_his_own_words_where_there_are_some():
    assert Catalogue("en", "parent").text("section.feel") == "What your child may feel"
    assert Catalogue("en", "adult").text("section.feel") == "What you may feel"
