"""What happens in the demo, in the order in which it happens."""

from __future__ import annotations

import datetime
import json
import shutil
import time
from dataclasses import dataclass, field

import screen
from processes import Trouble
from world import EXAMPLES, SECONDS, Json, World

# The week of the blizzard of February 2013, so that there is something to see.
WEEK = [datetime.date(2013, 2, 4) + datetime.timedelta(days=number) for number in range(7)]
BROKEN = WEEK[2]
UPSTREAMS = {"flights": "operations", "weather": "meteorology"}
FOLLOWERS = ("delays", "bulletin")
TEAMS = {**UPSTREAMS, "delays": "punctuality", "bulletin": "communications"}
SECRET = "flight-api-token"
# What a broken sensor reported once, in miles per hour; no wind ever was a quarter as strong.
NONSENSE = {"values": {"wind_speed": 1048.4}, "where": {"origin": "EWR"}}


@dataclass
class Day:
    """The runs of one day, in the order in which they were seen to end."""

    date: datetime.date
    runs: list[Json] = field(default_factory=list)

    def newest(self) -> list[Json | None]:
        """The last run of flights, weather, delays and the bulletin."""
        return [next((run for run in reversed(self.runs) if run["pipeline"] == name), None) for name in TEAMS]

    def reason(self) -> str:
        delays = self.newest()[2]
        if delays is None:
            return "-"
        events = delays["reason"].get("events", [])
        return " and ".join(f"{event['team']}/{event['pipeline']} {event['status']}" for event in events)


def prepare(demo: World) -> None:
    screen.chapter("Starting the flight API and the server")
    demo.start_api()
    screen.say(f"  flight API     {demo.api_url}")
    demo.start_server()
    screen.say(f"  polder server  {demo.url}, data in {demo.data}")
    screen.chapter("Deploying four projects of four teams")
    copy_projects(demo)
    for project in TEAMS:
        screen.output(demo.polder("deploy", str(demo.projects / project), "--env", "prod"))
    screen.chapter("Giving the two loading teams the API's token")
    for team in UPSTREAMS.values():
        demo.polder("secret", "set", f"{team}/{SECRET}", "--env", "prod", given=demo.api_token)


def copy_projects(demo: World) -> None:
    """The projects as they are, but for the two addresses that are this machine's own."""
    for project in TEAMS:
        folder = demo.projects / project
        shutil.copytree(EXAMPLES / "flights" / project, folder, ignore=shutil.ignore_patterns("__pycache__"))
        for settings in (folder / "polder.yaml", *folder.glob("syncs/*.yaml")):
            text = settings.read_text(encoding="utf-8")
            text = text.replace("http://127.0.0.1:7013", demo.api_url).replace("/srv/lake", str(demo.lake))
            settings.write_text(text, encoding="utf-8")


def run_week(demo: World) -> list[Day]:
    screen.chapter("A week of days: flights and weather by hand, delays and the bulletin by themselves")
    screen.say(f"  The API is told to answer nonsense for the weather of {BROKEN}.")
    demo.fault({"resource": "weather", "date": str(BROKEN), **NONSENSE})
    days = [run_day(demo, date, show=date == WEEK[0]) for date in WEEK]
    expect_nothing_published(demo)
    return days


def run_day(demo: World, date: datetime.date, show: bool) -> Day:
    started = {name: start(demo, name, date, show) for name in UPSTREAMS}
    screen.say(f"  {date}", end="")
    day = Day(date, [ended(demo, run) for run in started.values()])
    if all(run["succeeded"] for run in day.runs):
        day.runs.extend(ended(demo, following(demo, name, date)["id"]) for name in FOLLOWERS)
    else:
        screen.say("   delays waits", end="")
    screen.say()
    expect_outcome(demo, day)
    return day


def start(demo: World, pipeline: str, date: datetime.date, show: bool) -> str:
    return json.loads(demo.polder("run", f"{TEAMS[pipeline]}/{pipeline}", "--date", str(date), "--json", show=show))[
        "id"
    ]


def ended(demo: World, run: str) -> Json:
    seen = demo.finished(run)
    name = seen["pipeline"]
    if seen["succeeded"]:
        screen.say(f"   {name} {screen.paint('32', '✓')}{rows_in_words(demo.rows(seen))}", end="")
    else:
        screen.say(f"   {name} {screen.paint('31', '✗ ' + seen['status'])}", end="")
    return seen


def rows_in_words(rows: int | None) -> str:
    return f" {rows:>3} rows" if rows else ""


def following(demo: World, pipeline: str, date: datetime.date) -> Json:
    """The run for that day of a pipeline that nobody but its trigger starts."""
    name = f"{TEAMS[pipeline]}/{pipeline}"
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        for run in demo.runs(TEAMS[pipeline], pipeline):
            if run["logical_day"] == str(date):
                return run
        time.sleep(0.02)
    raise Trouble(f"{pipeline} did not start for {date}\n{demo.polder('why', name, show=False, check=False)}")


def expect_outcome(demo: World, day: Day) -> None:
    wrong = [run for run in day.runs if run["succeeded"] == (day.date == BROKEN and run["pipeline"] == "weather")]
    for run in wrong:
        screen.output(demo.polder("logs", run["id"], show=False, check=False))
        raise Trouble(f"{run['pipeline']} of {day.date} ended {run['status']}: {run['error']}")


def expect_nothing_published(demo: World) -> None:
    """Of the day on which the test failed readers see no weather: neither as it came, nor what is made from it."""
    day = f"make_date(year, month, day) = DATE '{BROKEN}'"
    query = f"""SELECT (SELECT count(*) FROM raw.weather WHERE {day}) AS raw,
        (SELECT count(*) FROM staging.weather WHERE date = DATE '{BROKEN}') AS staging"""
    rows = json.loads(demo.polder("sql", "-c", query, "--json", show=False))["rows"]
    if rows != [[0, 0]]:
        raise Trouble(f"rows of {BROKEN} were published although a test had failed: {rows}")
    screen.say(f"  Of {BROKEN} nothing was published: raw.weather and staging.weather have no row of that day.")


def mend(demo: World, days: list[Day]) -> None:
    day = next(day for day in days if day.date == BROKEN)
    failed = next(run for run in day.runs if run["pipeline"] == "weather")
    screen.chapter(f"What happened on {BROKEN}?")
    screen.output(demo.polder("checks", failed["id"], "--failed", "--rows", "3"))
    screen.output(demo.polder("why", "punctuality/delays", check=False))
    screen.chapter("The API's people repair it; the weather team runs that day again")
    demo.fault(None)
    again = json.loads(demo.polder("rerun", failed["id"], "--json"))["id"]
    screen.say(f"  {BROKEN}", end="")
    day.runs.append(ended(demo, again))
    day.runs.extend(ended(demo, following(demo, name, BROKEN)["id"]) for name in FOLLOWERS)
    screen.say()
