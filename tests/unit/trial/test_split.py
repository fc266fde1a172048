"""The split was declared before any fit and stays as declared."""

from datetime import date

import pytest

import opsonin.trial.split as module
from opsonin.errors import KnowledgeError
from opsonin.trial import declared_split

SEAL = "2d62f72d4c773a4ae83d00a8bdba7333e18abe3a702947f0b15be244728b8a4e"

SHAPED_THE_DRAFT = {
    "robak_2009", "arbach_2019", "apte_2019", "robak_2010", "varga_2006", "godeau_1999", "jjph_1997", "fang_2025",
    "robak_2020_rozanolixizumab", "kuitwaard_2009",
}  # fmt: skip


def test_no_study_has_moved():
    split = declared_split()
    assert split.declared_on == date(2026, 11, 21)
    assert split.seal == SEAL, "a study was moved, added or taken out; declare why before changing the seal"


def test_what_shaped_the_draft_never_judges_it():
    split = declared_split()
    assert not {study for study in SHAPED_THE_DRAFT if split.of[study] == "validation"}
    for study in ("kurlander_1987", "chronic_adults_1980s"):
        assert split.unused[study].startswith("shaped the draft")


def test_every_unused_study_says_why():
    assert all(len(reason) > 15 for reason in declared_split().unused.values())


def test_moving_a_study_changes_the_seal(tmp_path, monkeypatch):
    text = module.SPLIT.read_text(encoding="utf-8")
    moved = text.replace("  - godeau_1999\n", "").replace("validation:\n", "validation:\n  - godeau_1999\n")
    (tmp_path / "split.yaml").write_text(moved, encoding="utf-8")
    monkeypatch.setattr(module, "SPLIT", tmp_path / "split.yaml")
    assert declared_split().of["godeau_1999"] == "validation"
    assert declared_split().seal != SEAL


def test_a_study_in_two_places_is_refused(tmp_path, monkeypatch):
    text = module.SPLIT.read_text(encoding="utf-8").replace("validation:\n", "validation:\n  - godeau_1999\n")
    (tmp_path / "split.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(module, "SPLIT", tmp_path / "split.yaml")
    with pytest.raises(KnowledgeError, match="godeau_1999 stands in more than one place"):
        declared_split()
