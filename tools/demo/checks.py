"""Whether what the demo did is right. Each check answers with the mistakes that it found."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from itertools import chain

import expected
from story import BROKEN, FOLLOWERS, SECRET, TEAMS, UPSTREAMS, WEEK, Day
from world import Json, World


def check(demo: World, days: list[Day], told: bool) -> list[str]:
    """Whoever was not told by the story alone, but had a turn in the browser, may have run more than it took."""
    want = expected.compute(demo.folder / "venv", WEEK)
    found = demo.tables()
    return list(
        chain(
            check_runs(demo, days, told),
            check_reasons(days, told),
            check_table("flights", want.flights, found["flights"]),
            check_table("weather", want.weather, found["weather"]),
            check_table("delays_by_weather", want.delays, found["delays_by_weather"]),
            check_reported(demo, days, want),
            check_secret(demo),
        )
    )


def check_runs(demo: World, days: list[Day], told: bool) -> Iterator[str]:
    """One run of each follower for each day, and as many of the others as were started."""
    for pipeline in FOLLOWERS:
        yield from check_follower(demo, pipeline, told)
    for pipeline, team in UPSTREAMS.items():
        seen = {run["id"] for day in days for run in day.runs if run["pipeline"] == pipeline}
        if seen != {run["id"] for run in demo.runs(team, pipeline)}:
            yield f"{team}/{pipeline} has other runs than the ones that were started"


def check_follower(demo: World, pipeline: str, told: bool) -> Iterator[str]:
    runs = demo.runs(TEAMS[pipeline], pipeline)
    count = Counter(run["logical_day"] for run in runs)
    for date in WEEK:
        times = count.pop(str(date), 0)
        if times == 0 or (told and times > 1):
            yield f"{pipeline} ran {times} times for {date}, not once"
    for date in count:
        yield f"{pipeline} ran for {date}, which nobody asked for"
    for run in runs:
        if not run["succeeded"]:
            yield f"{pipeline} of {run['logical_day']} ended {run['status']}"


def check_reasons(days: list[Day], told: bool) -> Iterator[str]:
    """Each run of delays was started by runs of that day that succeeded, one of each kind, and says so."""
    for day in days:
        delays = day.newest()[2]
        if None in day.newest() or delays is None:
            yield f"{day.date} is not complete"
            continue
        used = {event["run"] for event in delays["reason"].get("events", [])}
        if sorted(kinds_of(day, used)) != sorted(UPSTREAMS):
            yield f"delays of {day.date} was not started by that day's flights and weather: {delays['reason']}"
        least = len(TEAMS) + (day.date == BROKEN)
        if len(day.runs) < least or (told and len(day.runs) > least):
            yield f"{day.date} has {len(day.runs)} runs, not {least}"


def kinds_of(day: Day, ids: set[str]) -> list[str]:
    """The pipelines of those runs, as far as they are of that day and succeeded: one may have been run again before."""
    return [run["pipeline"] for run in day.runs if run["id"] in ids and run["succeeded"]]


def check_table(name: str, want: Json, found: Json) -> Iterator[str]:
    if want.keys() != found.keys():
        yield f"{name} has other days or classes: {sorted(want.keys() ^ found.keys())}"
    for key in want.keys() & found.keys():
        if not same(want[key], found[key]):
            yield f"{name}, {key}: {found[key]}, but it should be {want[key]}"


def same(want: list[float | None], found: list[float | None]) -> bool:
    if len(want) != len(found):
        return False
    pairs = zip(want, found, strict=True)
    return all(a is b if a is None or b is None else math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9) for a, b in pairs)


def check_reported(demo: World, days: list[Day], want: expected.Expected) -> Iterator[str]:
    """The rows that the steps tell of are the ones that are there, of each table that they write."""
    for day in days:
        classes = sum(key.startswith(str(day.date)) for key in want.delays)
        flights, weather = want.flights[str(day.date)][0], want.weather[str(day.date)][0]
        figures = [flights, 2 * weather, 2 * flights + classes]
        reported = [demo.rows(run) for run in day.newest()[:3]]
        if reported != figures:
            yield f"{day.date}: the runs report {reported} rows, but it should be {figures}"


def check_secret(demo: World) -> Iterator[str]:
    """The API's token stands in no file of the server, in plain."""
    token = demo.api_token.encode()
    files = [path for path in demo.data.rglob("*") if path.is_file()]
    for path in [*files, demo.folder / "server.log"]:
        if token in path.read_bytes():
            yield f"the secret {SECRET} can be read in {path}"
