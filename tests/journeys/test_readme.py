"""The README's commands exist and its two commands stand first."""

import re
from pathlib import Path

import click

from opsonin.cli.commands import opsonin

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_two_commands_stand_first():
    first_block = re.search(r"```(?:sh|bash|console)?\n(.*?)```", README, re.S)
    assert first_block is not None
    assert [line.split("#")[0].strip() for line in first_block.group(1).strip().splitlines()] == [
        "make demo",
        "make test",
    ]


def test_every_opsonin_command_in_the_readme_exists():
    for words in re.findall(r"^opsonin (\S+)", README, re.M):
        assert words.startswith("-") or words in opsonin.commands, words


def test_every_command_is_in_the_readme_and_has_help():
    for name, command in opsonin.commands.items():
        assert f"opsonin {name}" in README, name
        assert command.help
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, (name, option.name)


def test_every_file_the_readme_links_to_exists():
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", README):
        assert (ROOT / link).exists(), link
