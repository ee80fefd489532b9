/** A server on a bad day: as much on its overview as anybody should ever have to look at. */
import { Polder } from './client'
import type { Address } from './server'

const TEAMS = ['weather', 'flights', 'punctuality', 'energy', 'ports', 'rail', 'roads', 'water']
const DAYS = ['2026-02-01', '2026-02-02', '2026-02-03']
/** Of so many teams something fails, of so many something goes on and on. */
const [FAILING, SLOW] = [6, 4]

const after = (pipeline: string) => `triggers: [{executions: {allOf: [{pipeline: ${pipeline}}], within: day}}]`

/** `extract` fails where it should; `report` then waits for it, also that of the next team. */
function filesOf(team: string, place: number): Record<string, string> {
  const fails = place < FAILING ? 'echo "the other side answered 503" >&2; exit 1' : 'true'
  const next = TEAMS[(place + 1) % TEAMS.length]
  return {
    'polder.yaml': `project: ${team}\nteam: ${team}\n`,
    'lines.txt': Array.from({ length: 40 }, (_, line) => `asked for page ${line + 1} of 40\n`).join(''),
    'pipelines/extract.yaml': `name: extract\nsteps: [{name: load, run: 'cat lines.txt; ${fails}'}]\n`,
    'pipelines/report.yaml': `name: report\n${after(`${team}/extract`)}\nsteps: [{name: tell, run: echo done}]\n`,
    'pipelines/summary.yaml': `name: summary\n${after(`${next}/extract`)}\nsteps: [{name: tell, run: echo done}]\n`,
    'pipelines/hourly.yaml': `name: hourly\ntriggers: [{schedule: "${place * 7} * * * *"}]\nsteps: [{name: look, run: "true"}]\n`,
    'pipelines/slow.yaml': `name: slow\nconcurrency: {limit: 1, on_conflict: queue}\nsteps: [{name: wait, run: exec sleep 3600}]\n`,
  }
}

export async function seedBadDay(server: Address): Promise<void> {
  const polder = new Polder(server)
  for (const [place, team] of TEAMS.entries()) {
    await polder.deploy(filesOf(team, place))
    for (const logical_date of DAYS) await polder.run(`${team}/extract`, { logical_date })
    await polder.run(`${team}/hourly`)
  }
  for (const team of TEAMS.slice(0, SLOW)) {
    await polder.start(`${team}/slow`)
    await polder.start(`${team}/slow`)
  }
}
