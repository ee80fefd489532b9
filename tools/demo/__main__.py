"""make demo: a week of flights and weather through four pipelines of four teams, in front of you.

Starts the flight API and a Polder server on 127.0.0.1, deploys examples/flights, runs seven days, has the API answer
nonsense for the weather of the third, which a test finds, has it repaired and run again (by you, in the browser, if you
sit before it), and compares every number in the lake with what SQLite makes of the same data. Everything it writes is
in one folder, .demo; every process that it starts ends with it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from pathlib import Path

import browser
import checks
import processes
import screen
import story
import world


def main() -> int:
    signal.signal(signal.SIGTERM, interrupted)
    signal.signal(signal.SIGHUP, interrupted)
    arguments = sys.argv[1:]
    if len(arguments) != 1:
        screen.problem("usage: python3 tools/demo POLDER-BINARY (or `make demo`)")
        return 2
    try:
        return show(Path(arguments[0]).resolve())
    except KeyboardInterrupt:
        screen.say("\nInterrupted.")
        return 130
    except processes.Trouble as trouble:
        screen.problem(str(trouble))
        return 1


def show(binary: Path) -> int:
    with world.World.start(binary) as demo:
        mistakes = tell(demo)
        for mistake in mistakes:
            screen.problem(mistake)
        if mistakes:
            demo.show_logs()
            return 1
        screen.good("Everything in the lake is what it should be.")
        if os.environ.get("DEMO_EXIT") != "1":
            stay(demo)
    return 0


def tell(demo: world.World) -> list[str]:
    story.prepare(demo)
    days = story.run_week(demo)
    told = not browser.wanted()
    (story if told else browser).mend(demo, days)
    mistakes = checks.check(demo, days, told)
    screen.result(demo, days)
    screen.where_to_look(demo)
    return mistakes


def stay(demo: world.World) -> None:
    screen.say("\nThe server stays up. Ctrl-C ends everything.")
    with contextlib.suppress(KeyboardInterrupt):
        demo.wait()
    screen.say("\nStopping …")


def interrupted(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
