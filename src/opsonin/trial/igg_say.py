"""How do we print what was found of IgG? Tables of text for the terminal and the docs, and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from opsonin.trial.igg import IggSection
from opsonin.trial.igg_beside import Beside, IggEndpoint
from opsonin.trial.say import finite, markdown_table, plain, row_cells, span, validation_to_dict
from opsonin.trial.validate import Validation

TITLE = "IgG: pharmacokinetics"
IGG_HEAD = ("arm", "endpoint", "n", "observed", "95 % interval", "predicted", "95 % predictive", "inside", "status")
SAYS = (
    "Outside the scores. “Seen” rows stand among the seen arms too; the others are outside the split. Guillain-Barré "
    "syndrome and healthy people are outside the model's domain for platelets: only their IgG is compared. The "
    "half-life of Gammaplex was published without its window and correction, so it stands under several definitions; "
    "the first is the declared one, and none was chosen for its result."
)


def igg_rows(found: IggSection) -> Iterator[tuple[str, ...]]:
    """Published values beside predictions, one line each under IGG_HEAD."""
    for row in found.rows:
        cells = row_cells(row)
        yield (*cells[:7], cells[8], row.split)


def beside_title(found: Beside, weight_kg: float) -> str:
    """The heading of one regimen's table."""
    own = plain(found.regimen.own_igg_g_per_l)
    return f"{found.regimen.says}, {plain(weight_kg)} kg, own IgG {own} g/L ({found.regimen.own_says})"


def beside_head(found: Beside) -> tuple[str, ...]:
    """The columns of one regimen's table."""
    return ("", *(f"{e.says} ({e.unit})" for e in found.regimen.endpoints))


def beside_rows(found: Beside, section: IggSection) -> Iterator[tuple[str, ...]]:
    """What was observed, this model with the middle 95 % of its people, and each published model."""
    endpoints = found.regimen.endpoints
    yield ("observed", *(_observed(endpoint, section) for endpoint in endpoints))
    yield ("this model, typical person", *map(plain, found.typical))
    yield ("… 95 % of its people", *(span(low, high) for low, high in zip(found.low, found.high, strict=True)))
    yield (
        "… within the range of the published models",
        *("yes" if found.among_published(i) else "NO" for i in range(len(endpoints))),
    )
    for key, values in found.published.items():
        yield (key, *map(plain, values))


def _observed(endpoint: IggEndpoint, section: IggSection) -> str:
    row = section.observed(endpoint.observed) if endpoint.observed else None
    return "–" if row is None else plain(row.observed)


def igg_part(found: IggSection) -> Iterator[str]:
    """The section as it stands on the validation page, line by line."""
    yield f"{SAYS}\n"
    yield markdown_table(IGG_HEAD, igg_rows(found))
    yield (
        f"\nThe same regimen in published population models, the same person and own IgG in each; true levels, "
        f"{found.people} virtual people of this model:"
    )
    for one in found.beside:
        yield f"\n*{beside_title(one, found.weight_kg)}*\n"
        yield markdown_table(beside_head(one), beside_rows(one, found))
    yield "\nOf IgG not compared:\n"
    yield from (f"- {item.what}: {item.why}" for item in found.not_compared)


def validation_document(found: Validation) -> dict[str, Any]:
    """The whole validation as JSON, with `igg` where it was looked at."""
    return validation_to_dict(found) | ({} if found.igg is None else {"igg": igg_to_dict(found.igg)})


def igg_to_dict(found: IggSection) -> dict[str, Any]:
    """The section as JSON: `rows`, `beside` by regimen, `not_compared`."""
    return {
        "says": SAYS,
        "rows": [finite({**vars(row), "inside": row.inside}) for row in found.rows],
        "weight_kg": found.weight_kg,
        "people": found.people,
        "beside": [_beside_to_dict(one, found) for one in found.beside],
        "not_compared": [item.model_dump() for item in found.not_compared],
    }


def _beside_to_dict(found: Beside, section: IggSection) -> dict[str, Any]:
    regimen = found.regimen
    return {
        "id": regimen.id,
        "says": regimen.says,
        "own_igg_g_per_l": regimen.own_igg_g_per_l,
        "endpoints": [
            {
                "id": e.id,
                "says": e.says,
                "unit": e.unit,
                "measure": e.measure,
                "with": dict(e.arguments),
                "observed": row.observed if (row := section.observed(e.observed)) else None,
                "this_model": finite({"typical": found.typical[i], "low_95": found.low[i], "high_95": found.high[i]}),
                "published": finite({key: values[i] for key, values in found.published.items()}),
                "among_published": found.among_published(i),
            }
            for i, e in enumerate(regimen.endpoints)
        ],
    }
