"""The works that the shelf cites, from sources.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from opsonin.knowledge.blocks import Complaints
from opsonin.knowledge.knowledge import Fact
from opsonin.sources import Source

KINDS = ("label", "guideline", "paper", "policy", "handbook", "registry", "regulator", "document", "project")
_KEYS = frozenset({"kind", "title", "authors", "year", "edition", "doi", "pmid", "seen_at", "seen_on"})


def build_sources(document: Mapping[str, Any], complaints: Complaints) -> dict[str, Source]:
    """Every work by its key."""
    return {key: _source(key, block, complaints) for key, block in document.items() if isinstance(block, dict)}


def _source(key: str, block: Mapping[str, Any], complaints: Complaints) -> Source:
    for unknown in sorted(block.keys() - _KEYS):
        complaints.add("sources", key, unknown, "is not a key of a source.", f"Known keys: {', '.join(sorted(_KEYS))}.")
    kind = block.get("kind")
    if kind not in KINDS:
        complaints.add("sources", key, "kind", f"is {kind!r}.", f"One of: {', '.join(KINDS)}.")
    if not block.get("title"):
        complaints.add("sources", key, "title", "is missing.", "Name the work.")
    seen_at = block.get("seen_at") or ()
    text = {name: str(block.get(name) or "") for name in ("title", "authors", "year", "edition", "doi", "pmid")}
    return Source(
        key=key,
        kind=str(kind),
        seen_at=(seen_at,) if isinstance(seen_at, str) else tuple(seen_at),
        seen_on=str(block.get("seen_on") or ""),
        **text,
    )


def gather_addresses(sources: Mapping[str, Source], facts: Iterable[Fact]) -> dict[str, Source]:
    """The same works, each with every address at which one of its places was open."""
    seen: dict[str, dict[str, None]] = {key: dict.fromkeys(source.seen_at) for key, source in sources.items()}
    for fact in facts:
        for citation in fact.citations:
            seen[citation.source].update(dict.fromkeys(citation.seen_at))
    return {key: replace(source, seen_at=tuple(seen[key])) for key, source in sources.items()}
