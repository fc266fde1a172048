"""The packaged shelves with one text changed, and what the loader says of it."""

import shutil

import pytest

from opsonin.errors import KnowledgeError
from opsonin.knowledge.load import SHELVES, read_shelves


@pytest.fixture
def spoil(tmp_path):
    """Replaces a text in a copy of the packaged shelves and gives what the loader says of it."""
    shelf = shutil.copytree(SHELVES, tmp_path / "shelves")

    def change(name, old, new):
        path = shelf / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} no longer contains {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(KnowledgeError) as refused:
            read_shelves(shelf)
        return str(refused.value)

    return change
