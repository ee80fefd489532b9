/** A small world with one of everything that pages show: what succeeded, failed, runs, waits, is paused and was aborted. */
import { Polder } from './client'
import type { Address } from './server'
import { openShop, type Shop } from './shop'

/** Ids of what is in it. */
export type World = {
  succeeded: string
  failed: string
  running: string
  queued: string
  aborted: string
  firstRevision: string
  revision: string
} & Shop

const PROJECT =
  'project: lake\nteam: lake\ndefaults: {timezone: Europe/Amsterdam}\nenvironments: {prod: {}, dev: {schedules: off}}\n'

const LEVELS = `name: water-levels
description: Levels of all gauges, measured every ten minutes
owner: gauges@example.org
labels: {domain: water, tier: gold}
triggers:
  - schedule: "0 3 1 1 *"
  - webhook: {}
concurrency: {limit: 3, on_conflict: queue}
parameters:
  country: {default: NL, enum: [NL, BE, DE], description: Where the gauges stand}
  days: {type: integer, default: 1}
steps:
  - name: fetch
    run: python3 fetch.py --country {{ params.country }} --days {{ params.days }}
    retries: {limit: 1, backoff: 1s}
    secrets: {GAUGE_PASSWORD: gauge-password}
  - name: clean
    run: echo cleaning {{ steps.fetch.rows }} rows
  - name: check
    needs: [fetch]
    run: echo nothing is wrong
  - name: publish
    needs: [clean, check]
    run: echo published
`

const FETCH = `import argparse
import os

parser = argparse.ArgumentParser()
parser.add_argument("--country")
parser.add_argument("--days", type=int)
given = parser.parse_args()
print("\\x1b[32mfetching\\x1b[0m", given.country, "for", given.days, "days")
for gauge in range(60):
    print(f"gauge {gauge}: {gauge * 7 % 40} cm above the mean")
print("\\x1b[1;31mgauge 17 is silent\\x1b[0m")
with open(os.environ["POLDER_OUTPUT"], "a") as output:
    output.write(f"rows={given.days * 144}\\n")
`

const PUMPS = `name: pumps
triggers:
  - executions:
      allOf:
        - {pipeline: lake/water-levels}
        - {pipeline: lake/inspection}
      within: day
steps:
  - {name: decide, run: echo pump, secrets: {PUMP_KEY: pump-key}}
`

const INSPECTION = `name: inspection
triggers: [{manual: {}}]
steps:
  - name: look
    run: |
      echo walking along the dike
      echo "no crack so far"
      echo "crack found at kilometre 12" >&2
      exit 3
  - {name: report, run: echo all is well}
`

const SLOW = `name: slow
concurrency: {limit: 1, on_conflict: queue}
steps:
  - {name: pump, run: "echo pumping; exec sleep 3600"}
`

const resting = (name: string) => `name: ${name}\nsteps: [{name: rest, run: "true"}]\n`

const FILES = {
  'polder.yaml': PROJECT,
  'fetch.py': FETCH,
  'pipelines/water-levels.yaml': LEVELS,
  'pipelines/pumps.yaml': PUMPS,
  'pipelines/inspection.yaml': INSPECTION,
  'pipelines/slow.yaml': SLOW,
  'pipelines/resting.yaml': resting('resting'),
  'pipelines/drained.yaml': resting('drained'),
}

export async function seedWorld(server: Address): Promise<World> {
  const polder = new Polder(server)
  const old = { ...FILES, 'pipelines/water-levels.yaml': LEVELS.replace('default: 1}', 'default: 2}') }
  const firstRevision = await polder.deploy(old, 'prod', 'Measure two days')
  const revision = await polder.deploy(FILES, 'prod', 'Measure one day')
  await polder.deploy(FILES, 'dev')
  await polder.setSecret('lake', 'gauge-password', 'swordfish-of-the-lake')
  await polder.token('reader', 'viewer', 'lake')
  return { firstRevision, revision, ...(await seedRuns(polder)), ...(await openShop(polder)) }
}

async function seedRuns(polder: Polder) {
  const running = await polder.start('lake/slow')
  const queued = await polder.start('lake/slow')
  const succeeded = (await polder.run('lake/water-levels', { logical_date: '2026-02-03' })).id
  await polder.run('lake/water-levels', { logical_date: '2026-02-04', parameters: { country: 'BE', days: 3 } })
  const failed = (await polder.run('lake/inspection', { logical_date: '2026-02-03' })).id
  const aborted = await polder.start('lake/slow', { environment: 'dev' })
  await polder.abort(aborted)
  await polder.pause('lake/resting')
  await polder.run('lake/drained')
  return { running, queued, succeeded, failed, aborted: (await polder.ended(aborted)).id }
}
