"""What stands on the shelves, read, checked and frozen?

The only module that reads YAML. Numbers are taken from their text as exact decimals; an unknown or repeated key, a unit
that is not on the list, a source that does not resolve or a number without a mark is refused, all of them at once.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from opsonin.errors import KnowledgeError
from opsonin.knowledge.blocks import Complaints, Shelf, SiteComplaints, facts_of
from opsonin.knowledge.knowledge import Guardrail, Guideline, Knowledge, Pack, Product, Protocol, RankingRule, Rule
from opsonin.knowledge.shelf_fitted import build_fitted
from opsonin.knowledge.shelf_guardrails import build_guardrails
from opsonin.knowledge.shelf_guidelines import build_guidelines
from opsonin.knowledge.shelf_harms import build_harm_counts
from opsonin.knowledge.shelf_outcomes import build_outcomes
from opsonin.knowledge.shelf_packs import build_pack
from opsonin.knowledge.shelf_predictors import build_predictors
from opsonin.knowledge.shelf_products import build_product
from opsonin.knowledge.shelf_protocols import build_protocols
from opsonin.knowledge.shelf_rules import build_ranking, build_rules
from opsonin.knowledge.shelf_sources import build_sources, gather_addresses
from opsonin.knowledge.shelf_trials import build_arms

SHELVES = Path(__file__).parent / "shelves"

_PACK_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_knowledge(*, on: date | None = None, extra: Path | None = None) -> Knowledge:
    """Everything that is known on a day (every day, when none is given), with a site's own pack beside it.

    Raises KnowledgeError naming every entry that is malformed.

    >>> load_knowledge().product("privigen").brand
    'Privigen'
    """
    if extra is None:
        return _load(SHELVES, on, None, "")
    return _load(SHELVES, on, extra, hashlib.sha256(_bytes_of(extra)).hexdigest())


def read_shelves(folder: Path, *, on: date | None = None, extra: Path | None = None) -> Knowledge:
    """The knowledge in any folder laid out like the packaged shelves; `load_knowledge` without the cache."""
    complaints = Complaints()
    files = sorted(p for p in folder.rglob("*") if p.suffix in (".yaml", ".csv", ".json"))
    documents = {
        path.relative_to(folder).with_suffix("").as_posix(): _read(path, complaints)
        for path in files
        if path.suffix == ".yaml"
    }
    tables = {p.relative_to(folder).with_suffix("").as_posix(): p for p in files if p.suffix == ".csv"}
    seals = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
    works = _works(documents, complaints)
    if extra is not None:
        complaints.raise_if_any()
        complaints = SiteComplaints()
        documents[f"packs/{extra.stem}"] = _site_pack(extra, documents, works, complaints)
        seals[f"packs/{extra.stem}.yaml"] = _bytes_of(extra)

    sources = build_sources(works, complaints)
    shelf = Shelf(sources=sources, on=on, complaints=complaints)
    rooms = _read_rooms(shelf, documents, seals)
    trials = {name: path for name, path in tables.items() if name.startswith("trials/")}
    by_arm = {name: path for name, path in trials.items() if name.count("/") == 1}
    arms = [arm for name, path in by_arm.items() for arm in build_arms(shelf, name, path)]
    outcomes = [
        outcome for name, path in trials.items() if name not in by_arm for outcome in build_outcomes(shelf, name, path)
    ]
    counts = [
        count
        for name, path in tables.items()
        if name.startswith("harms/")
        for count in build_harm_counts(shelf, name, path)
    ]
    predictors = [
        effect
        for name, path in tables.items()
        if name.startswith("predictors/")
        for effect in build_predictors(shelf, name, path)
    ]
    fits = [
        build_fitted(shelf, p.relative_to(folder).with_suffix("").as_posix(), p) for p in files if p.suffix == ".json"
    ]
    if rooms.ranking is None:
        complaints.add("policies/ranking", "ranking", "", "is missing or unusable.", "Write the ranking rule there.")
    complaints.raise_if_any()
    assert rooms.ranking is not None
    return Knowledge(
        version=_version(seals),
        sources=MappingProxyType(gather_addresses(sources, shelf.facts.values())),
        facts=MappingProxyType(dict(shelf.facts)),
        products=MappingProxyType(rooms.products),
        packs=MappingProxyType(rooms.packs),
        guidelines=tuple(rooms.guidelines),
        rules=tuple(rooms.rules),
        ranking=rooms.ranking,
        published=tuple(arms),
        guardrails=tuple(rooms.guardrails),
        outcomes=tuple(outcomes),
        harm_counts=tuple(counts),
        predictors=tuple(predictors),
        protocols=MappingProxyType(rooms.protocols),
        fitted=fits[-1] if fits else None,
    )


def _site_pack(
    path: Path, documents: dict[str, dict[str, Any]], works: dict[str, Any], complaints: Complaints
) -> dict[str, Any]:
    """A site's own pack; its works join those of the shelf. It replaces nothing that stands there."""
    name = f"packs/{path.stem}"
    if name in documents:
        complaints.add(name, "", "", "is the name of a pack on the shelf.", "Give the file another name.")
    if not _PACK_ID.fullmatch(path.stem):
        complaints.add(name, "", "", "is not an id.", "Name the file in small letters, digits and dashes: ward-7.yaml.")
    site = _read(path, complaints)
    own = site.pop("sources", None) or {}
    if not isinstance(own, dict):
        complaints.add(name, "sources", "", "is not a block of works.", "Write 'key: {kind, title, …}' below it.")
        own = {}
    for key, work in own.items():
        if key in works:
            complaints.add(name, "sources", key, "is a work of the shelf.", "Cite it as it is, or use another key.")
        else:
            works[key] = work
    return site


@dataclass
class _Rooms:
    """What the rooms of the shelf hold, as they are read."""

    products: dict[str, Product] = field(default_factory=dict)
    packs: dict[str, Pack] = field(default_factory=dict)
    guidelines: list[Guideline] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    guardrails: list[Guardrail] = field(default_factory=list)
    protocols: dict[str, Protocol] = field(default_factory=dict)
    ranking: RankingRule | None = None


def _read_rooms(shelf: Shelf, documents: dict[str, dict[str, Any]], seals: dict[str, bytes]) -> _Rooms:
    """Every file given to the builder of its room; a room without one holds plain facts."""
    rooms = _Rooms()
    for name, document in documents.items():
        room, _, stem = name.partition("/")
        if room == "products":
            product = build_product(shelf, name, stem, document)
            if product is not None:
                rooms.products[stem] = product
        elif room == "packs":
            version = hashlib.sha256(seals[f"{name}.yaml"]).hexdigest()[:12]
            pack = build_pack(shelf, name, stem, document, version=version)
            if pack is not None:
                rooms.packs[stem] = pack
        elif room == "protocols":
            rooms.protocols |= build_protocols(shelf, name, stem, document)
        elif room == "guidelines":
            rooms.guidelines += build_guidelines(shelf, name, document)
        elif room == "rules":
            rooms.rules += build_rules(shelf, name, document)
        elif name == "policies/ranking":
            rooms.ranking = build_ranking(shelf, name, document)
        elif name == "policies/guardrails":
            rooms.guardrails += build_guardrails(shelf, name, document)
        else:
            facts_of(shelf, name, document)
    return rooms


def _works(documents: dict[str, dict[str, Any]], complaints: Complaints) -> dict[str, Any]:
    """Every file called `sources`, at the top or in a room, as one; they are taken off the pile of shelves."""
    works: dict[str, Any] = {}
    for name in [name for name in documents if name.rpartition("/")[2] == "sources"]:
        for key, work in documents.pop(name).items():
            if key in works:
                complaints.add(name, key, "", "stands in two lists of sources.", "Keep one of the two.")
            works[key] = work
    return works


@lru_cache(maxsize=8)
def _load(folder: Path, on: date | None, extra: Path | None, seal: str) -> Knowledge:
    return read_shelves(folder, on=on, extra=extra)


def _version(seals: dict[str, bytes]) -> str:
    seal = hashlib.sha256()
    for name in sorted(seals):
        seal.update(name.encode() + b"\0" + seals[name] + b"\0")
    return seal.hexdigest()[:12]


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KnowledgeError(f"{path}: cannot be read ({error.strerror}). Give the path of a pack file.") from error


def _read(path: Path, complaints: Complaints) -> dict[str, Any]:
    """One shelf file as plain dicts, tuples, decimals, texts, true/false and None."""
    name = f"{path.parent.name}/{path.name}"
    loader = _Loader(_bytes_of(path).decode("utf-8"))
    try:
        document = _document(loader, name, complaints)
    except yaml.YAMLError as error:
        complaints.add(name, "", "", f"is not YAML: {' '.join(str(error).split())}.", "Mend the line named.")
        return {}
    finally:
        loader.dispose()
    if not isinstance(document, dict):
        complaints.add(name, "", "", "does not hold blocks.", "Write 'name: {…}' blocks at the top level.")
        return {}
    return document


def _document(loader: Any, name: str, complaints: Complaints) -> Any:
    """The one document of a file; the events after it are read too, so that nothing behind it goes unseen."""
    events: Iterator[Any] = iter(loader.get_event, None)
    documents = [
        _node(next(events), events, name, complaints) for event in events if isinstance(event, yaml.DocumentStartEvent)
    ]
    if len(documents) > 1:
        complaints.add(name, "", "", "holds more than one YAML document.", "Keep one document in a file.")
    return documents[0] if documents else None


def _node(event: Any, events: Iterator[Any], name: str, complaints: Complaints) -> Any:
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event)
    line = event.start_mark.line + 1
    if isinstance(event, yaml.AliasEvent) or event.anchor:
        complaints.add(name, f"line {line}", "", "uses a YAML anchor or alias.", "Write the value out.")
    if isinstance(event, yaml.MappingStartEvent):
        found: dict[str, Any] = {}
        for key in events:
            if isinstance(key, yaml.MappingEndEvent):
                return found
            text = str(key.value) if isinstance(key, yaml.ScalarEvent) else "?"
            if text in found:
                at = f"line {key.start_mark.line + 1}"
                complaints.add(name, at, text, "stands twice in one block.", "Keep one of the two.")
            found[text] = _node(next(events), events, name, complaints)
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Any] = []
        for item in events:
            if isinstance(item, yaml.SequenceEndEvent):
                return tuple(items)
            items.append(_node(item, events, name, complaints))
    return None


def _scalar(event: Any) -> Any:
    text = event.value
    if event.style not in (None, ""):
        return " ".join(text.split())
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    return " ".join(text.split())
