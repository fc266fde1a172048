"""Where the pack asks for a second person, what nobody else has agreed to is listed; no pack on the shelf asks."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from opsonin.errors import OpsoninError
from opsonin.infusion.bedside import bedside
from opsonin.infusion.rules import rules_in_force
from opsonin.infusion.second_check import unchecked
from opsonin.knowledge import load_knowledge
from opsonin.knowledge.load import SHELVES
from opsonin.patient.event_line import event_from_line

ASKED = SimpleNamespace(value={"of": ("plan", "start")})


def at(clock, kind, **fields):
    line = {"kind": kind, "at": f"2026-11-21T{clock}-05:00", "who": "nurse", "source": "ward", **fields}
    return event_from_line(line, place="")


START = at("09:00", "start", product="gamunex_c", lots=["A"], vials=["20 g"], concentration="10 %", rate="42 mL/h",
           id="s", infusion="day-1")  # fmt: skip


def check(outcome="agrees", who="second nurse", about="s"):
    return at("09:05", "check", about=about, outcome=outcome, who=who)


def test_a_start_waits_until_another_person_agrees():
    assert unchecked([START], None) == ()
    assert unchecked([START], ASKED) == (START,)
    for one in (check("disagrees"), check(who="nurse"), check(about="other")):
        assert unchecked([START, one], ASKED) == (START,)
    assert unchecked([START, check()], ASKED) == ()
    withdrawn = at("09:10", "correction", corrects="s", reason="wrong lot")
    assert unchecked([START, withdrawn], ASKED) == ()


def test_the_bedside_lists_it(order_of, bed):
    order = order_of()
    asking = replace(order, rules=replace(order.rules, second_check=ASKED))
    assert bedside(order, "day-1", [START], bed.at(10)).unchecked == ()
    assert bedside(asking, "day-1", [START], bed.at(10)).unchecked == (START,)
    assert bedside(asking, "day-1", [START, check()], bed.at(10)).unchecked == ()


def test_no_pack_on_the_shelf_asks(known):
    assert all("second_check" not in pack.supervision for pack in known.packs.values())


@pytest.mark.parametrize(("value", "holds"), [("[plan, start]", True), ("[vitals]", False), ("plan", False)])
def test_a_sites_own_pack_may_ask_in_words_that_are_known(tmp_path, value, holds):
    rule = f"  second_check:\n    says: Two people check.\n    value: {{ of: {value} }}\n    obtained: assumed\n"
    rule += "    status: unverified\n    note: A site's own rule.\n"
    pack = tmp_path / "ours.yaml"
    uk = (SHELVES / "packs/uk.yaml").read_text(encoding="utf-8")
    pack.write_text(uk.replace("supervision:\n", "supervision:\n" + rule, 1), encoding="utf-8")
    if holds:
        known = load_knowledge(extra=pack)
        assert known.pack("ours").supervision["second_check"].value["of"] == ("plan", "start")
        assert rules_in_force(known.pack("ours"), known).second_check is not None
    else:
        with pytest.raises(OpsoninError, match="A list of: plan, override, start"):
            load_knowledge(extra=pack)
