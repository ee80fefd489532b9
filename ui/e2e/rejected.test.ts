/** Rows that do not fit: how many there are, and how one comes to them. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { lookAt, WIDTHS } from './axe'
import { story } from './story'

const PROJECT = {
  'polder.yaml': 'project: harbour\nteam: harbour\n',
  'pipelines/land.yaml': 'name: land\nsteps: [{name: load, sync: harbour}]\n',
  'syncs/harbour.yaml': `streams:
  - {name: ships, files: data/ships.csv, columns: {types: {tons: bigint}}, mode: incremental}
  - {name: berths, files: data/berths.csv}
`,
  'data/berths.csv': 'berth\n1\n2\n',
  'data/ships.csv': 'ship,tons\nanna,12\nbert,heavy\ncora,7\ndora,light\n',
}
const SENTENCE = '2 rows were rejected: they are in raw.ships__rejected, each with a reason'

const text = async (page: Page) => (await page.getByRole('main').innerText()).replaceAll(/\s+/g, ' ')

story('rows that do not fit are counted, and one comes to them', async ({ visit, page, polder }) => {
  await polder.deploy(PROJECT)
  const run = await polder.run('harbour/land', { logical_date: '2026-02-03' })
  expect(run.status, run.error?.message).toBe('SUCCEEDED')
  await visit.open(`/runs/${run.id}?step=load`)
  await page.getByText('Published as').waitFor()
  const shown = await text(page)
  expect(shown).toContain(SENTENCE)
  expect(shown).toMatch(/Rows 4 Rejected 2 Bytes/)
  expect(shown).toMatch(
    /raw\.ships \(2 rows added, made by this\), raw\.ships__rejected \(2 rows rejected, made by this\)/,
  )
  expect(await lookAt(visit, 'rejected-run', 'wide')).toEqual([])
  await page.setViewportSize(WIDTHS.narrow)
  expect(await lookAt(visit, 'rejected-run', 'narrow')).toEqual([])
  await page.setViewportSize(WIDTHS.wide)

  await page.getByRole('note').getByRole('link', { name: 'Query those of this run' }).click()
  await page.getByText(/^2 rows, /).waitFor()
  await page.goBack()
  await page.getByRole('note').getByRole('link', { name: 'raw.ships__rejected' }).click()
  await page.getByRole('heading', { level: 1, name: 'raw.ships__rejected' }).waitFor()
  await page.getByText('Rows that do not fit into raw.ships, each with a reason').waitFor()
  await page.getByRole('link', { name: 'raw.ships', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'raw.ships', exact: true }).waitFor()
  await expect.poll(() => text(page)).toContain(SENTENCE)
  expect(await lookAt(visit, 'rejected-table', 'wide')).toEqual([])
  await page
    .getByRole('table', { name: 'History' })
    .getByRole('link', { name: /ago|now/ })
    .click()
  await page.getByRole('heading', { name: '3 tables, 4 rows added, 2 rejected' }).waitFor()
  await visit.open('/lake/publishes')
  await page.getByText('2 rejected', { exact: true }).waitFor()
  await visit.photograph('rejected-publishes')

  // A table of which no row was ever rejected says nothing of such.
  await visit.open('/lake/tables/raw.berths')
  await page.getByRole('heading', { level: 1, name: 'raw.berths' }).waitFor()
  await visit.settled()
  expect(await text(page)).not.toContain('rejected')
})
