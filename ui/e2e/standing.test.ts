/** How a pipeline stands is told alike wherever it is told. */
import { expect } from 'vitest'
import { barriers } from './axe'
import { story } from './story'

const CRANE = `name: crane
parameters: {fails: {type: boolean, default: false}}
concurrency: {limit: 1, on_conflict: queue}
steps: [{name: lift, run: "{{ params.fails }} && exit 4; true"}]
`

story('an older date that failed is told on the page of its pipeline', async ({ visit, page, polder }) => {
  await polder.deploy({ 'polder.yaml': 'project: cranes\nteam: cranes\n', 'pipelines/crane.yaml': CRANE })
  const failed = await polder.run('cranes/crane', { logical_date: '2026-02-01', parameters: { fails: true } })
  await polder.run('cranes/crane', { logical_date: '2026-02-02' })
  await visit.open('/pipelines/cranes/crane')
  await page.getByText('broken', { exact: true }).waitFor()
  await page.getByText('other dates have succeeded since').waitFor()
  await page.getByRole('link', { name: '2026-02-01' }).first().click()
  await page.waitForURL((url) => url.pathname === `/runs/${failed.id}`)
})

story('a run that was aborted says nothing of its pipeline', async ({ visit, page, polder }) => {
  const wait = CRANE.replace('name: crane', 'name: waits').replace('true"', 'exec sleep 600"')
  await polder.deploy({ 'polder.yaml': 'project: waits\nteam: waits\n', 'pipelines/waits.yaml': wait })
  const [first, second] = [await polder.start('waits/waits'), await polder.start('waits/waits')]
  await polder.abort(second)
  await polder.ended(second)

  // It has never begun: it is not queued any more, took no time, and needs nothing.
  await visit.open('/pipelines?team=waits')
  await page.getByRole('table', { name: 'Pipelines' }).getByText('aborted', { exact: true }).waitFor()
  expect(await page.getByText('queued', { exact: true }).count()).toBe(0)
  await visit.open(`/runs/${second}`)
  await page.getByText('never started').first().waitFor()
  expect(await page.getByText('took', { exact: false }).count()).toBe(0)
  expect(await page.getByText('What it needs did not succeed').count()).toBe(0)
  await page.getByText('nothing of it was done').waitFor()
  expect(await page.getByText('stays done').count()).toBe(0)

  await polder.abort(first)
  await polder.ended(first)
  await visit.open('/pipelines/waits/waits')
  await page.getByRole('link', { name: 'The last run: aborted' }).getByText('last run aborted').waitFor()
})

const HARBOUR = {
  'polder.yaml': 'project: harbour\nteam: harbour\n',
  'pipelines/pilot.yaml': `name: pilot
parameters: {fails: {type: boolean, default: false}}
steps: [{name: steer, run: "{{ params.fails }} && exit 4; true"}]
`,
  'pipelines/moor.yaml': `name: moor
triggers: [{executions: {allOf: [{pipeline: harbour/pilot}], within: day}}]
steps: [{name: tie, run: "true"}]
`,
}

story(
  'what is held back for a day says so wherever it stands, until that is mended',
  async ({ visit, page, polder }) => {
    await polder.deploy(HARBOUR)
    await polder.run('harbour/pilot', { logical_date: '2026-02-01' })
    await expect.poll(async () => (await polder.newestRun('harbour/moor'))?.succeeded).toBe(true)
    const failed = await polder.run('harbour/pilot', { logical_date: '2026-02-02', parameters: { fails: true } })

    await visit.open('/pipelines?team=harbour')
    const row = page.getByRole('row').filter({ hasText: 'harbour/moor' })
    await row.getByRole('img', { name: 'held back' }).waitFor()
    await row.getByText(/Waits for\s+pilot/).waitFor()
    expect(await row.getByRole('img', { name: 'ok' }).count()).toBe(0)
    expect(await barriers(page)).toEqual([])

    await visit.open('/pipelines/harbour/moor/history')
    await page.getByRole('link', { name: 'The last run: succeeded' }).waitFor()
    await page.getByText('held back', { exact: true }).waitFor()
    expect(await barriers(page)).toEqual([])
    await page.getByRole('link', { name: 'failed', exact: true }).click()
    await page.waitForURL((url) => url.pathname === `/runs/${failed.id}`)

    await visit.open('/graph?team=harbour')
    await page.getByRole('link', { name: 'moor, held back, harbour' }).waitFor()

    // It is told as long as it is so, and no longer; nobody loads the page again.
    await visit.open('/pipelines/harbour/moor')
    await visit.live()
    await page.getByText('held back', { exact: true }).waitFor()
    await polder.run('harbour/pilot', { logical_date: '2026-02-02' })
    await expect.poll(() => page.getByText('held back', { exact: true }).count()).toBe(0)
  },
)
