"""A topic in plain words: every sentence with its source and mark, key points, the date of review."""

import json

import pytest
from click.testing import CliRunner

from opsonin.cli.explain import explain
from opsonin.errors import InputRefused
from opsonin.knowledge import load_knowledge
from opsonin.report.lookup_audit import audit, met_at


def run(*arguments):
    return CliRunner().invoke(explain, arguments, catch_exceptions=False).output


def test_without_a_topic_the_topics_are_listed():
    assert "opsonin explain ivig" in run() and "opsonin explain itp" in run()
    assert json.loads(run("--json"))["topics"] == ["atg", "itp", "ivig"]


def test_the_page_closes_with_key_points_and_the_day_of_review():
    """The numbers of source fact B3, and the form of source fact C9."""
    page = " ".join(run("ivig").split())
    assert "1,000 to 100,000" in page
    after = page[page.index("Key points") :]
    assert "It raises platelets fast, and not for long.†" in after
    assert "Reviewed 21 Nov 2026." in after
    assert "Key point:" not in page


def test_every_paragraph_is_marked_and_cited():
    answer = json.loads(run("itp", "--json"))
    assert answer["schema"] == "opsonin-explain/1" and answer["reviewed"] == "2026-11-21"
    for id in (*answer["paragraphs"], *answer["key_points"]):
        fact = answer["facts"][id]
        assert fact["mark"] in ("", "†", "‡")
        assert fact["citations"] or fact["note"]
        assert all(citation["source"] in answer["sources"] for citation in fact["citations"])


def test_an_unknown_topic_is_refused_with_the_near_ones():
    with pytest.raises(InputRefused, match="ivig"):
        run("ivg")


@pytest.mark.parametrize("tag", [f"SRC-B{n}" for n in range(1, 16)] + [f"SRC-C{n}" for n in range(1, 10)])
def test_every_fact_of_the_source_documents_is_met_at_a_command_beyond_its_restatement(tag):
    """A fact, rule or text carries it, and the command named really shows that text."""
    knowledge = load_knowledge()
    done = audit(knowledge)
    assert tag not in done.source_facts_missing and tag not in done.source_facts_only_restated
    carriers = [fact for fact in done.source_facts[tag] if not fact.id.startswith("source_facts/")]
    texts = [fact for fact in carriers if fact.id.startswith("texts/")]
    assert all(met_at(fact).startswith("opsonin ") for fact in carriers)
    if texts:
        command, topic = met_at(texts[0]).rsplit(" ", 1)
        assert command == "opsonin explain"
        assert texts[0].id in json.loads(run(topic, "--json"))["facts"]
