"""In which words? One message catalogue for each language, looked up by id and reader. Standard gettext files."""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from pathlib import Path

from opsonin.errors import OpsoninError

DOMAIN = "leaflet"
LANGUAGES = ("en",)
LOCALES = Path(__file__).with_name("locales")


class TextMissing(OpsoninError):
    """The message catalogue holds no text for an id; the message names both."""


@dataclass(frozen=True)
class Catalogue:
    """The texts of one language for one reader; a text without a version for this reader is the same for all."""

    language: str
    reader: str  # "parent" | "child" | "teen" | "adult"

    def text(self, id: str, **fields: str) -> str:
        """The text with this id, its placeholders filled.

        >>> Catalogue("en", "child").text("section.words")
        'Words we use'
        """
        found = self._find(id)
        if found is None:
            raise TextMissing(
                f"No text {id!r} for {self.reader!r} in language {self.language!r}. Add it to {DOMAIN}.po."
            )
        return found.format(**fields)

    def has(self, id: str) -> bool:
        """Whether there is a text with this id for this reader."""
        return self._find(id) is not None

    def has_own(self, id: str) -> bool:
        """Whether there is a text with this id for this reader alone."""
        return gettext.translation(DOMAIN, LOCALES, [self.language]).pgettext(self.reader, id) != id

    def _find(self, id: str) -> str | None:
        translations = gettext.translation(DOMAIN, LOCALES, [self.language])
        for found in (translations.pgettext(self.reader, id), translations.gettext(id)):
            if found != id:
                return found
        return None
