"""What the demo prints. Colours only on a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from story import Day
    from world import World

COLOURS = sys.stdout.isatty() and "NO_COLOR" not in os.environ


def say(text: str = "", end: str = "\n") -> None:
    print(text, end=end, flush=True)


def chapter(text: str) -> None:
    say(f"\n{paint('1', text)}")


def command(text: str) -> None:
    say(f"  {paint('36', f'$ {text}')}")


def output(text: str) -> None:
    for line in text.splitlines():
        say(f"    {line}")


def good(text: str) -> None:
    say(f"\n{paint('32', text)}")


def problem(text: str) -> None:
    say(paint("31", f"✗ {text}"))


def paint(code: str, text: str) -> str:
    return f"\033[{code}m{text}\033[0m" if COLOURS else text


def result(demo: World, days: Iterable[Day]) -> None:
    chapter("The week")
    table(
        ["day", "flights rows", "weather rows", "delays rows", "runs", "delays was started by"],
        [
            [str(day.date), *(str(demo.rows(run)) for run in day.newest()[:3]), str(len(day.runs)), day.reason()]
            for day in days
        ],
    )


def table(head: list[str], rows: list[list[str]]) -> None:
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for number, row in enumerate([head, ["─" * width for width in widths], *rows]):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        say("  " + (paint("2", "  ".join(cells)) if number < 2 else "  ".join(cells)).rstrip())


def where_to_look(demo: World) -> None:
    chapter("Where to look")
    url, token = demo.url, demo.token_file
    say(f"  in the browser {url}, signed in with {token}")
    say(f"  the API        {url}/api/v1/openapi.json")
    say(f"  the tables     {url}/lake, or in {demo.lake}")
    say(f"  the projects   {demo.projects}")
    say(f"  logs           {demo.folder}/server.log, {demo.folder}/api.log")
    say("  with the CLI:")
    command(f'export POLDER_URL={url} POLDER_TOKEN="$(cat {token})" PATH="{demo.binary.parent}:$PATH"')
    for line in (
        "polder sql -c 'SELECT * FROM marts.delays_by_weather'",
        "polder runs",
        "polder why punctuality/delays",
        "polder logs -f RUN",
        "polder --help",
    ):
        command(line)
