/** What stands beside each other where there is room, and must not push a phone's page apart or break in the middle. */
import { expect } from 'vitest'
import { story } from './story'

const FILES = {
  'polder.yaml': 'project: observatory\nteam: meteorology\ndefaults: {timezone: America/Argentina/Buenos_Aires}\n',
  'pipelines/weather.yaml':
    'name: weather\ntriggers: [{schedule: "30 3 * * *"}]\nsteps: [{name: look, run: "echo; exit 3"}]\n',
}
const SOURCE = { commit: '0c05e5b1785f263433228eb4507f74af5e43105f', branch: 'main', dirty: 'true' }

const phone = story.extend({ look: { viewport: { width: 375, height: 800 } } })

phone('nothing is wider than a phone, and no commit is broken', async ({ visit, page, polder }) => {
  const revision = await polder.deploy(FILES, 'prod', 'Look at the sky', SOURCE)
  const run = await polder.run('meteorology/weather', { logical_date: '2026-02-03' })
  for (const path of [
    '/pipelines/meteorology/weather',
    '/pipelines/meteorology/weather/revisions',
    '/deployments',
    `/deployments/${revision}`,
    '/runs?team=meteorology',
    `/runs/${run.id}`,
    '/?team=meteorology',
  ]) {
    await visit.open(path)
    await visit.settled()
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(375)
    for (const commit of await page.getByText('0c05e5b17', { exact: true }).all()) {
      expect(
        await commit.evaluate((code) => code.getClientRects().length),
        `${path}: lines of the commit`,
      ).toBeLessThan(2)
    }
    await visit.photograph(`narrow${path.replaceAll(/[^\w]+/g, '-')}`, true)
  }
})

const LONG = 'gauge=kilometre-12 measured_at=2026-02-03T05:00:00 level_in_centimetres=1048.4 expected_below=400'

phone('lines of a log can be read whole on the first page', async ({ visit, page, polder }) => {
  await polder.deploy({
    'polder.yaml': 'project: gauges\nteam: gauges\n',
    'pipelines/gauge.yaml': `name: gauge\nsteps: [{name: look, run: 'echo ${LONG}; echo ${LONG}; echo ${LONG} >&2; exit 3'}]\n`,
  })
  await polder.run('gauges/gauge', { logical_date: '2026-02-03' })
  await visit.open('/?team=gauges')
  const lines = page.getByRole('list', { name: /last lines of the log/ }).getByText(LONG)
  await expect.poll(() => lines.count()).toBe(3)
  for (const line of await lines.all()) expect(await line.evaluate(isCut)).toBe(false)
})

/** Runs in the page. */
const isCut = (text: Element) => text.scrollWidth > text.clientWidth || text.scrollHeight > text.clientHeight

phone('a name that needs two lines is broken behind its team', async ({ visit, page, polder }) => {
  await polder.deploy({
    'polder.yaml': 'project: press\nteam: communications\n',
    'pipelines/bulletin.yaml': 'name: bulletin\nsteps: [{name: tell, run: "true"}]\n',
  })
  await polder.run('communications/bulletin', { logical_date: '2026-02-03' })
  await visit.open('/runs?team=communications')
  const link = page.getByRole('table', { name: 'Runs' }).getByRole('link', { name: 'communications/bulletin' })
  await link.first().waitFor()
  expect(await link.first().evaluate(linesOfName)).toBe(1)
})

/** Runs in the page. */
function linesOfName(link: Element): number {
  const range = document.createRange()
  if (link.lastChild) range.selectNode(link.lastChild)
  return new Set([...range.getClientRects()].map(({ top }) => top)).size
}

story('names keep together where there is room', async ({ visit, page, polder }) => {
  await polder.deploy(FILES)
  await polder.run('meteorology/weather', { logical_date: '2026-02-04' })
  await visit.open('/runs?team=meteorology')
  const name = page.getByRole('table', { name: 'Runs' }).getByRole('link', { name: 'meteorology/weather' }).first()
  await name.waitFor()
  expect(await name.evaluate((link) => link.getClientRects().length)).toBe(1)
})
