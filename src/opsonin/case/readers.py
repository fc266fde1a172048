"""How is one value of a case read? Each reader turns what was written into one exact value, or says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from opsonin.errors import InputRefused, did_you_mean
from opsonin.quantities import Quantity, read_quantity, unit_kinds

YEARS = (1880, 2200)  # in which everything of a case happens
_Day = TypeVar("_Day", bound=date)
UNKNOWN = "unknown"  # stated, and stated to be not known


class Refused(Exception):
    """One value cannot be used: why, and what to write instead."""

    def __init__(self, why: str, remedy: str) -> None:
        super().__init__(why)
        self.why, self.remedy = why, remedy


def as_pydantic(refused: Refused) -> PydanticCustomError:
    return PydanticCustomError("refused", "{why} {remedy}", {"why": refused.why, "remedy": refused.remedy})


@dataclass(frozen=True)
class Reader:
    """A pydantic annotation: `Annotated[date | None, day()]` reads with `read` and shows `json` in the schema."""

    read: Callable[[Any], Any]
    json: dict[str, Any]
    unit: str = ""  # for the reference page

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**self.json, **({"x-unit": self.unit} if self.unit else {})}

    def _read(self, value: Any) -> Any:
        if value is None:
            return None
        try:
            return self.read(value)
        except Refused as refused:
            raise as_pydantic(refused) from None


def _text(value: Any, what: str) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise Refused("is not text.", f"Write {what}.")
    return str(value).strip()


def text(what: str, pattern: str = r"\S", why: str = "is empty.") -> Reader:
    """Words; with a pattern when only some will do."""

    def read(value: Any) -> str:
        said = _text(value, what)
        if not re.search(pattern, said):
            raise Refused("is empty." if said == "" else why, f"Write {what}.")
        return said

    return Reader(read, {"type": "string", "pattern": pattern})


def choice(*words: str) -> Reader:
    """One of a few words; capitals, blanks and underscores do not matter."""

    def read(value: Any) -> str:
        said = "" if isinstance(value, bool) else re.sub(r"[\s_]+", "-", str(value).strip().lower())
        if said not in words:
            raise Refused(
                "is not one of the words known here.", f"{did_you_mean(said, words)}Write one of: {', '.join(words)}."
            )
        return said

    return Reader(read, {"enum": list(words)})


def yes_no() -> Reader:
    """yes, no, or unknown: True, False, or None."""

    def read(value: Any) -> bool | None:
        if isinstance(value, bool):
            return value
        words: dict[str, bool | None] = {"yes": True, "no": False, "true": True, "false": False, UNKNOWN: None}
        said = str(value).strip().lower()
        if said not in words:
            raise Refused("is neither yes, no nor unknown.", "Write yes, no, or unknown.")
        return words[said]

    return Reader(read, {"enum": [True, False, "yes", "no", UNKNOWN]})


DAY_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
MOMENT_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})$"


def read_day(value: Any) -> date:
    said = "" if isinstance(value, bool) else str(value).strip()
    remedy = "Write year-month-day, for example 2026-11-20."
    if not re.match(DAY_PATTERN, said):
        raise Refused("is not a date.", remedy)
    try:
        return _of_our_time(date.fromisoformat(said), remedy)
    except ValueError:
        raise Refused("is not a day of the calendar.", remedy) from None


def _of_our_time(day: _Day, remedy: str) -> _Day:
    """The day itself; a year no living person has to do with is a typing error."""
    first, last = YEARS
    if not first <= day.year <= last:
        raise Refused(f"is outside the years {first} to {last}.", remedy)
    return day


def day() -> Reader:
    """A day as year-month-day."""
    return Reader(read_day, {"type": "string", "format": "date", "pattern": DAY_PATTERN})


def moment() -> Reader:
    """A day and a time of day with its zone."""

    def read(value: Any) -> datetime:
        said = "" if isinstance(value, bool) else str(value).strip()
        remedy = "Write date, time and zone, for example 2026-11-21T09:00+01:00."
        if re.match(MOMENT_PATTERN, said):
            try:
                return _of_our_time(datetime.fromisoformat(said), remedy)
            except ValueError:
                raise Refused("is not a day and time of the calendar.", remedy) from None
        if re.match(MOMENT_PATTERN, said + "Z"):
            raise Refused("has no time zone.", remedy)
        raise Refused("is not a date with a time.", remedy)

    return Reader(read, {"type": "string", "pattern": MOMENT_PATTERN})


def amount(kind: str) -> Reader:
    """A number with its unit, in the canonical unit of its kind."""

    units = unit_kinds()[kind]
    schema = {"type": "string", "pattern": amount_pattern(units)}
    return Reader(lambda value: read_amount(value, kind), schema, unit=", ".join(units))


def any_amount(kinds: Iterable[str]) -> Reader:
    """A number with its unit, kept as written until it is known what it measures."""
    units = [unit for kind in sorted(kinds) for unit in unit_kinds()[kind]]
    return Reader(lambda value: value, {"type": "string", "pattern": amount_pattern(dict.fromkeys(units))})


def read_amount(value: Any, kind: str) -> Quantity:
    try:
        return read_quantity(value, kind, field="")
    except InputRefused as refused:
        problem = refused.problems[0]
        raise Refused(problem.why, problem.remedy) from None


def amount_pattern(units: Iterable[str]) -> str:
    """A pattern for a number with one of these units, for the schema."""
    spelled = "|".join(_unit_pattern(unit) for unit in units)
    return rf"^\s*[0-9]+(\.[0-9]+)?\s*({spelled})\s*$"


def _unit_pattern(unit: str) -> str:
    """The spellings of a unit that `read_quantity` accepts: µ or u, ⁹ or ^9, L or l.

    >>> _unit_pattern("10^3/uL")
    '[×x·*]?\\\\s*10(\\\\^3|³)/[uµμ][Ll]'
    """
    spelled = unit.replace("*", r"\*").replace("^9", r"(\^9|⁹)").replace("^3", r"(\^3|³)").replace("mm3", "mm(3|³)")
    spelled = spelled.replace("u", "[uµμ]").replace("L", "[Ll]")
    return rf"[×x·*]?\s*{spelled}" if spelled.startswith("10") else spelled


def whole_number(low: int, high: int) -> Reader:
    """A whole number between two others."""

    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise Refused("is not a whole number.", f"Write a whole number from {low} to {high}.")
        if not low <= value <= high:
            raise Refused("is outside the scale.", f"Write a whole number from {low} to {high}.")
        return value

    return Reader(read, {"type": "integer", "minimum": low, "maximum": high})


def price() -> Reader:
    """An amount of money per gram, in the site's own currency."""

    def read(value: Any) -> Decimal:
        said = "" if isinstance(value, bool) else str(value).strip()
        if not re.match(r"^[0-9]{1,9}(\.[0-9]{1,6})?$", said):
            raise Refused("is not a price.", "Write a plain number per gram, for example 98.50, without a currency.")
        return Decimal(said)

    return Reader(read, {"type": ["number", "string"], "pattern": r"^[0-9]{1,9}(\.[0-9]{1,6})?$", "minimum": 0})


PRODUCT_PATTERN = r"^[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*$"


def read_product(value: Any) -> str:
    said = "" if isinstance(value, bool) else str(value).strip()
    if not re.match(PRODUCT_PATTERN, said):
        remedy = 'Write the id of product and strength, for example "gamunex-c" or "octagam-10".'
        raise Refused("is not a product id.", remedy)
    return said.lower().replace("-", "_")


def product() -> Reader:
    """A product id; '-' and '_' are the same, capitals do not matter."""
    return Reader(read_product, {"type": "string", "pattern": PRODUCT_PATTERN})


def blood_group() -> Reader:
    """ABO group with or without Rhesus: A, B, AB, O, A+, O-."""

    def read(value: Any) -> str:
        said = "" if isinstance(value, bool) else str(value).strip().upper()
        if said.rstrip("+-") == "0":
            raise Refused("has a zero in place of the letter O.", f'Write "{said.replace("0", "O")}".')
        if not re.match(r"^(A|B|AB|O)[+-]?$", said):
            raise Refused(
                "is not a blood group.", "Write A, B, AB or O, with + or - when Rhesus is known; or leave it out."
            )
        return said

    return Reader(read, {"enum": [group + sign for group in ("A", "B", "AB", "O") for sign in ("", "+", "-")]})


def number(what: str) -> Reader:
    """A plain positive number whose unit stands in the name of its field."""

    def read(value: Any) -> Decimal:
        said = "" if isinstance(value, bool) else str(value).strip()
        if not re.match(r"^[0-9]{1,6}(\.[0-9]{1,6})?$", said) or Decimal(said) == 0:
            raise Refused(f"is not {what}.", "Write a plain number above zero, for example 1.5.")
        return Decimal(said)

    return Reader(
        read, {"type": ["number", "string"], "pattern": r"^[0-9]{1,6}(\.[0-9]{1,6})?$", "exclusiveMinimum": 0}
    )
