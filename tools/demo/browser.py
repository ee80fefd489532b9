"""The part of the demo that is the reader's: find out in the browser what failed, and mend it there."""

from __future__ import annotations

import os
import select
import sys

import screen
import story
from world import Json, World


def wanted() -> bool:
    """Whether somebody sits before this terminal who can."""
    return os.environ.get("DEMO_EXIT") != "1" and sys.stdin.isatty() and sys.stdout.isatty()


def mend(demo: World, days: list[story.Day]) -> None:
    screen.chapter(f"Something failed on {story.BROKEN}, and delays did not run. Your turn, in the browser:")
    demo.fault(None)
    screen.say(f"  open           {demo.url}")
    screen.say(f"  sign in with   {demo.token_file}")
    screen.say("  What failed? Why did delays not run? The API's people say that it is repaired: run that day again.")
    screen.say(f"\n  Waiting until delays and the bulletin have run for {story.BROKEN}.")
    screen.say(f"  {screen.paint('1', 'Enter')} has the demo do it.")
    while not mended(demo):
        if entered():
            story.mend(demo, days)
            return
    adopt(demo, days)
    screen.good(f"There it is: delays and the bulletin followed for {story.BROKEN}.")


def entered() -> bool:
    """Whether Enter was pressed within a while."""
    ready, _, _ = select.select([sys.stdin], [], [], 0.5)
    return bool(ready) and sys.stdin.readline() != ""


def mended(demo: World) -> bool:
    runs = demo.runs("communications", "bulletin")
    return any(run["logical_day"] == str(story.BROKEN) and run["succeeded"] for run in runs)


def adopt(demo: World, days: list[story.Day]) -> None:
    """What was run in the browser belongs to the story too."""
    known = {run["id"] for day in days for run in day.runs}
    for pipeline, team in story.TEAMS.items():
        for run in demo.runs(team, pipeline):
            if run["id"] not in known:
                place(demo, days, run)


def place(demo: World, days: list[story.Day], run: Json) -> None:
    for day in days:
        if str(day.date) == run["logical_day"]:
            day.runs.append(demo.finished(run["id"]))
