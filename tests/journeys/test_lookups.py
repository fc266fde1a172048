"""The look-up commands on every id of the shelf: whole pages that fit, JSON with the documented keys, near ids."""

from __future__ import annotations

import json
import re
import shlex
from datetime import date
from decimal import Decimal
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from opsonin.cli import commands
from opsonin.cli.lookups import register
from opsonin.errors import CheckFailed, InputRefused
from opsonin.knowledge import Knowledge, load_knowledge
from opsonin.report import lookup_audit
from opsonin.report.lookup_print import FRAME

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
TODAY = load_knowledge(on=date.today())
ADDRESS = re.compile(r"https?://")
LOOKUPS = ("product", "compare", "rule", "pack", "protocol", "sources", "shelf", "evidence", "explain")


@click.group()
def doors() -> None:
    """The look-up commands alone."""


register(doors)


def ask(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(doors, list(words), env={"COLUMNS": "100", "NO_COLOR": "1"})
    assert result.exit_code == code, (words, result.output[-1500:], result.exception)
    return result


def in_words(*words: str) -> str:
    """The page, checked for what holds of every page."""
    text = ask(*words).stdout
    lines = [line.rstrip() for line in text.rstrip().splitlines()]
    assert lines[-1] == FRAME
    assert max(len(line) for line in lines) <= 100
    assert "\x1b" not in text
    assert not re.search(r"\b(None|nan|Decimal|mappingproxy)\b|Obtained\.|Status\.", text)
    return text


def as_json(*words: str) -> dict:
    answer = json.loads(ask(*words, "--json").stdout, parse_float=refuse_float)
    assert answer["knowledge"] == TODAY.version or words[0] == "shelf"
    for id, fact in answer["facts"].items():
        assert fact["id"] == id and set(fact) == FACT_KEYS
        assert {citation["source"] for citation in fact["citations"]} <= set(answer["sources"])
    return answer


def refuse_float(text: str) -> None:
    raise AssertionError(f"{text} stands as a JSON number; decimals are text")


def check_facts(facts: dict, known: Knowledge = TODAY) -> None:
    """Each fact in the answer is the shelf's own: value, unit and mark."""
    for id, written in facts.items():
        fact = known.facts[id]
        assert (written["unit"], written["mark"], written["status"]) == (fact.unit, fact.mark, str(fact.status))
        if isinstance(fact.value, Decimal):
            assert written["value"] == format(fact.value, "f")
        elif not fact.found:
            assert written["value"] is None
        assert written["tags"] == list(fact.tags)


def documented(section: str) -> set[str]:
    """The keys named in a section of the page of commands."""
    part = PAGE.split(f"\n## opsonin {section}", 1)[1].split("\n## ", 1)[0]
    return set(re.findall(r"`([a-z_0-9]+)`", part))


COMMON = set(re.findall(r"`([a-z_0-9]+)`", PAGE.split("\n## opsonin", 1)[0]))

FACT_KEYS = set(re.findall(r"`([a-z_]+)`", PAGE.split("A fact has", 1)[1].split(".", 1)[0])) - {"source", "locator"}


def check_keys(section: str, answer: dict, *inner: dict) -> None:
    for part in (answer, *inner):
        assert set(part) <= documented(section) | COMMON, set(part) - documented(section) - COMMON


@pytest.mark.parametrize("id", TODAY.products)
def test_every_product(id: str) -> None:
    item = TODAY.products[id]
    text = in_words("product", id)
    assert item.brand in " ".join(text.split())
    marks = {fact.mark for fact in item.facts.values()}
    assert all(sign in text for sign in marks)
    answer = as_json("product", id.replace("_", "-"))
    check_keys("product", answer, answer["product"], *answer["product"]["labels"].values())
    check_facts(answer["facts"])
    own = {fact_id for fact_id in answer["facts"] if fact_id.startswith(f"products/{id}/")}
    assert own == {fact_id for fact_id in TODAY.facts if fact_id.startswith(f"products/{id}/")}
    shown = answer["product"]
    assert shown["concentration_mg_per_ml"] == format(item.concentration_mg_per_ml, "f")
    assert set(shown["labels"]) == set(item.labels)
    assert (shown["discontinued"] is None) == (item.discontinued is None)
    assert not ADDRESS.search(json.dumps({**answer, "facts": {}})) and "seen_at" not in json.dumps(answer)


@pytest.mark.parametrize("id", [rule.id for rule in TODAY.rules])
def test_every_rule(id: str) -> None:
    rule = next(rule for rule in TODAY.rules if rule.id == id)
    assert rule.severity in in_words("rule", id)
    answer = as_json("rule", id)
    check_keys("rule", answer, answer["rule"])
    check_facts(answer["facts"])
    assert answer["rule"]["says"] == rule.says
    assert answer["rule"]["fact"] in answer["facts"]


@pytest.mark.parametrize("limit", TODAY.guardrails, ids=lambda limit: limit.id)
def test_every_limit_is_found_under_the_id_that_findings_carry(limit) -> None:
    text = " ".join(in_words("rule", f"guardrails/{limit.id}").split())
    assert f"{limit.side} {limit.limit.normalize():f} {limit.unit}" in text
    answer = as_json("rule", f"guardrails/{limit.id}")
    check_keys("rule", answer, answer["rule"])
    assert answer["rule"]["severity"] == limit.severity
    assert f"guardrails/{limit.id}" in {item["id"] for item in as_json("rule")["limits"]}


@pytest.mark.parametrize("id", TODAY.packs)
def test_every_pack(id: str) -> None:
    assert TODAY.packs[id].version in in_words("pack", id)
    answer = as_json("pack", id.replace("-", "_"))
    check_keys("pack", answer, answer["pack"])
    check_facts(answer["facts"])
    assert set(answer["facts"]) == {fact_id for fact_id in TODAY.facts if fact_id.startswith(f"packs/{id}/")}
    assert set(answer["pack"]["products"]) == set(TODAY.of_family("ivig"))


@pytest.mark.parametrize("id", TODAY.protocols)
def test_every_protocol(id: str) -> None:
    item = TODAY.protocols[id]
    text = " ".join(in_words("protocol", id).split())
    assert f"{item.says}{item.fact.mark}" in text and TODAY.product(item.product).brand in text
    assert ("ideal weight in obesity" in text) == (item.dosing_weight == "ideal-when-obese")
    assert ("halving rule is not applied" in text) == item.cytopenia_is_the_disease
    limit = item.cumulative_mg_per_kg
    stated = f"{limit[0].normalize():f} to {limit[1].normalize():f} mg/kg" if limit else "its source states none"
    assert f"Cumulative dose {stated}" in text
    answer = as_json("protocol", id.replace("-", "_"))
    check_keys("protocol", answer, answer["protocol"], *answer["protocol"]["phases"])
    check_facts(answer["facts"])
    shown = answer["protocol"]
    assert shown["fact"] == item.fact.id and shown["product"] == item.product
    assert [phase["doses"] for phase in shown["phases"]] == [list(phase.doses) for phase in item.phases]
    beside = {fact_id for fact_id in answer["facts"] if fact_id.startswith("products/")}
    assert beside and all(fact_id.startswith(f"products/{item.product}/") for fact_id in beside)


@pytest.mark.parametrize(
    ("id", "days", "adds_up_to"),
    [
        ("atgam_us/kidney-rejection", ["1 to 14", "none, or 16 to at most 28"], ["140", "315"]),
        ("atgam_us/kidney-delay-of-rejection", ["1 to 14", "16 to 28"], ["315", "315"]),
        (
            "atgam_us/aplastic-anaemia",
            ["1 to 8, at most to 14", "2 days after the last dose before"],
            ["80", "420"],
        ),
        ("thymoglobuline_ch/gvhd-prophylaxis", ["−4 to −2, at most to −1"], ["7.5", "10"]),
        ("lexicomp_rabbit/hct-0.5-2-2", ["−2", "−1", "1"], ["4.5", "4.5"]),
        ("lexicomp_rabbit/intestine-prophylaxis", ["0 to 8"], ["10", "10"]),
    ],
)
def test_the_days_of_a_protocol_and_what_it_adds_up_to(id: str, days: list[str], adds_up_to: list[str]) -> None:
    shown = as_json("protocol", id)["protocol"]
    assert shown["days"] == days
    assert [Decimal(text) for text in shown["adds_up_to_mg_per_kg"]] == [Decimal(text) for text in adds_up_to]


def test_a_cumulative_dose_that_a_source_states_is_what_its_doses_add_up_to() -> None:
    for id, item in TODAY.protocols.items():
        if item.cumulative_mg_per_kg is not None:
            adds_up_to = as_json("protocol", id)["protocol"]["adds_up_to_mg_per_kg"]
            assert tuple(map(Decimal, adds_up_to)) == item.cumulative_mg_per_kg, id


def test_every_source() -> None:
    for key, source in TODAY.sources.items():
        text = in_words("sources", key)
        assert " ".join(source.title.split())[:30] in " ".join(text.split())
        answer = as_json("sources", key)
        check_keys("sources", answer, answer["source"])
        check_facts(answer["facts"])
        assert answer["source"]["title"] == source.title
        assert {place["fact"] for place in answer["places"]} == set(answer["facts"])
        assert "seen_at" not in json.dumps(answer)


@pytest.mark.parametrize("words", [("product",), ("rule",), ("pack",), ("protocol",), ("sources",), ("evidence",)])
def test_without_an_id_the_list(words: tuple[str, ...]) -> None:
    text = in_words(*words)
    wanted = {
        "product": list(TODAY.products),
        "rule": [rule.id for rule in TODAY.rules],
        "pack": list(TODAY.packs),
        "protocol": list(TODAY.protocols),
        "sources": list(TODAY.sources),
        "evidence": [arm.study.split()[0] for arm in TODAY.published],
    }[words[0]]
    assert wanted and all(id in text for id in wanted)
    answer = as_json(*words)
    check_keys(words[0], answer)
    if words[0] in ("product", "rule", "pack", "protocol"):
        assert len(answer[f"{words[0]}s"]) == len(wanted)
        check_keys(words[0], {}, *answer[f"{words[0]}s"])


def test_the_list_of_products_shows_the_discontinued_ones() -> None:
    text = in_words("product")
    gone = [item for item in TODAY.products.values() if item.discontinued is not None]
    assert gone
    for item in gone:
        line = next(line for line in text.splitlines() if line.startswith(f"{item.id} "))
        assert "discontinued" in line


def test_compare_every_product_with_its_neighbour() -> None:
    ids = list(TODAY.of_family("ivig"))
    for one, other in zip(ids, ids[1:] + ids[:1], strict=True):
        assert "Differences (" in in_words("compare", one, other)
        answer = as_json("compare", one, other, "--region", "us")
        check_keys("compare", answer, *answer["rows"], *answer["disagreements"])
        check_facts(answer["facts"])
        assert answer["products"] == [one, other]
        assert {row["region"] for row in answer["rows"]} <= {None, "us"}


def test_compare_all_at_once() -> None:
    products = TODAY.of_family("ivig")
    text = in_words("compare", *products, "--all")
    assert all(item.brand.split()[0] in text for item in products.values())


@pytest.mark.parametrize("topic", [("adult",), ("child",), ("untreated",), ("octagam-10",), ("nosuchtopic",)])
def test_evidence_on_a_topic(topic: tuple[str, ...]) -> None:
    text = in_words("evidence", *topic)
    answer = as_json("evidence", *topic)
    check_keys("evidence", answer, *answer["arms"], *answer["outcomes"])
    assert f"({len(answer['arms'])} of {len(TODAY.published)} on the shelf)" in text
    assert bool(answer["arms"]) == (topic != ("nosuchtopic",))
    by_id = {arm.id: arm for arm in TODAY.published}
    for arm in answer["arms"]:
        assert (arm["result"], arm["n"]) == (by_id[arm["id"]].result, by_id[arm["id"]].n)


@pytest.mark.parametrize("indication", ["kidney", "heart", "lung", "liver", "gvhd", "aplastic-anaemia", "itp"])
def test_evidence_on_an_indication_of_atg(indication: str) -> None:
    answer = as_json("evidence", "atg", indication)
    check_keys("evidence", answer, *answer["outcomes"])
    assert answer["outcomes"] and {each["indication"] for each in answer["outcomes"]} == {indication}
    text = " ".join(in_words("evidence", "atg", indication).split())
    for each in answer["outcomes"]:
        assert each["study"] in text
        assert (each["value"] == "") == (each["obtained"] == "not-found")


def test_audit_shows_addresses_and_counts() -> None:
    known = load_knowledge()
    text = in_words("shelf", "audit")
    assert ADDRESS.search(text)
    answer = as_json("shelf", "audit")
    check_keys("shelf audit", answer)
    assert answer["number_of_facts"] == len(known.facts) == sum(answer["counts_by_status"].values())
    assert len(answer["unverified"]) == len(lookup_audit.audit(known).unverified)
    assert {place["source"] for each in answer["unverified"] for place in each["places"]} <= set(known.sources)


def test_every_fact_of_the_source_documents_is_met_with_the_command_named() -> None:
    answer = as_json("shelf", "audit")
    assert answer["source_facts_missing"] == []
    pages: dict[str, str] = {}
    for tag, places in answer["source_facts"].items():
        assert places, tag
        for place in places:
            command = place["command"]
            if command not in pages:
                pages[command] = ask(*shlex.split(command)[1:]).stdout
            assert tag in pages[command], (tag, command)
            if command.startswith("opsonin sources"):
                assert place["fact"] in pages[command], (tag, place)


def test_strict_is_3_when_something_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask("shelf", "audit", "--strict").exit_code == 0
    monkeypatch.setitem(lookup_audit.SOURCE_FACTS, "SRC-Z", 1)
    result = CliRunner().invoke(doors, ["shelf", "audit", "--strict", "--json"])
    assert isinstance(result.exception, CheckFailed) and "SRC-Z1" in str(result.exception)
    assert json.loads(result.stdout)["source_facts_missing"] == ["SRC-Z1"]
    assert code_of(monkeypatch, "shelf", "audit", "--strict") == 3


def code_of(monkeypatch: pytest.MonkeyPatch, *words: str) -> object:
    """The exit code of the real front door."""
    monkeypatch.setattr(commands, "opsonin", doors)
    monkeypatch.setattr("sys.argv", ["opsonin", *words])
    with pytest.raises(SystemExit) as ended:
        commands.main()
    return ended.value.code


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (("product", "privigan"), "privigen"),
        (("compare", "privigen", "octagam-1"), "octagam_10"),
        (("rule", "renal"), "class/renal_risk"),
        (("pack", "uss"), "us"),
        (("protocol", "kidney-rejection"), "atgam_us/kidney-rejection"),
        (("protocol", "thymoglobulin-us/kidney"), "thymoglobulin_us/kidney-prophylaxis"),
        (("sources", "robak"), "robak_2009"),
        (("compare", "privigen"), "two or more"),
        (("compare", "privigen", "PRIVIGEN"), "two or more"),
        (("pack", "no-such-file.yaml"), "cannot be read"),
    ],
)
def test_what_is_not_on_the_shelf_is_refused_with_the_near_ids(
    words: tuple[str, ...], near: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert code_of(monkeypatch, *words) == 2
    shown = capsys.readouterr()
    assert near in shown.err and shown.out == ""
    assert code_of(monkeypatch, *words, "--json") == 2
    assert json.loads(capsys.readouterr().out)["problems"]


def test_a_pack_of_ones_own(tmp_path: Path) -> None:
    source = Path(load_knowledge.__code__.co_filename).parent / "shelves/packs/us.yaml"
    own = tmp_path / "ward.yaml"
    own.write_text(
        source.read_text(encoding="utf-8").replace("name: United States", "name: Our ward"), encoding="utf-8"
    )
    assert "Our ward" in in_words("pack", str(own))
    own.write_text("name: broken\n", encoding="utf-8")
    result = CliRunner().invoke(doors, ["pack", str(own)])
    assert "label_region" in str(result.exception) and isinstance(result.exception, InputRefused)


def test_a_day_is_taken_and_written_back() -> None:
    assert json.loads(ask("product", "--json", "--on", "2025-01-31").stdout)["on"] == "2025-01-31"
    assert as_json("product")["on"] == date.today().isoformat()


def test_every_lookup_and_every_command_here_is_on_the_page_and_has_help() -> None:
    assert set(LOOKUPS) == set(doors.commands)
    for name in ("product", "compare", "rule", "pack", "protocol", "sources", "shelf audit", "evidence", "explain"):
        assert f"\n## opsonin {name}" in PAGE, name
        assert ask(*name.split(), "--help").stdout.startswith("Usage:")
        command: click.Command = doors
        for word in name.split():
            assert isinstance(command, click.Group)
            command = command.commands[word]
        assert command.help
        options = [option for option in command.params if isinstance(option, click.Option)]
        for option in options:
            assert option.help and option.opts[0] in PAGE, (name, option.opts)


def test_every_example_on_the_page_works() -> None:
    examples = re.findall(r"^\$ opsonin (.+)\n(.+)$", PAGE, re.M)
    assert {words.split()[0] for words, _ in examples} >= set(LOOKUPS)
    for words, first_line in examples:
        if words.split()[0] in LOOKUPS:
            result = CliRunner().invoke(doors, shlex.split(words), env={"COLUMNS": "100"})
            refused = isinstance(result.exception, InputRefused)
            assert refused == first_line.startswith("Refused"), words
            assert refused or result.exit_code == 0, words


def test_harms_are_found_by_words_with_their_conflicts() -> None:
    everything = as_json("evidence", "harm")
    assert len(everything["harms"]) == len(TODAY.harm_counts) > 60
    found = as_json("evidence", "harm", "headache", "children")
    check_keys("evidence", found, *found["harms"])
    check_facts(found["facts"])
    assert {row["harm"] for row in found["harms"]} == {"headache"}
    assert {"happened": 203, "of": 563}.items() <= next(r for r in found["harms"] if "four" in r["id"]).items()
    text = " ".join(in_words("evidence", "harm", "renal").split())
    assert "Sources disagree: renal impairment" in text and "88 % of about 83 US reports" in text
    assert "No count on the shelf fits every word" in in_words("evidence", "harm", "no-such-harm")


def test_predictors_are_found_by_words_with_what_may_be_used() -> None:
    everything = as_json("evidence", "predictor")
    assert len(everything["predictors"]) == len(TODAY.predictors) > 30
    found = as_json("evidence", "predictor", "infection", "children")
    check_keys("evidence", found, *found["predictors"])
    assert {row["use"] for row in found["predictors"]} == {"named", "effect"}
    assert ["5.86", "1.81", "18.98"] in [row["odds_ratio"] for row in found["predictors"]]
    text = " ".join(in_words("evidence", "predictor", "gpib").split())
    assert "36.4 % (24 of 66)" in text and "Rogier" in text and "only when asked for" in text
    assert "No comparison on the shelf fits every word" in in_words("evidence", "predictor", "no-such-thing")
    assert "Published predictors that cite it" in in_words("sources", "rogier_2020")
