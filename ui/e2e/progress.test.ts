/** How far a step is with its tables, while it works. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { lookAt } from './axe'
import { story } from './story'

/** More numbers than anybody waits for. */
const PROJECT = {
  'polder.yaml': 'project: dredger\nteam: dredger\n',
  'pipelines/dredge.yaml': `name: dredge
steps:
  - name: dig
    sql: |
      CREATE TABLE raw.few AS SELECT 1 AS n;
      CREATE TABLE raw.many AS SELECT value AS n FROM generate_series(1, 100000000000)
`,
}

const rowsOf = async (page: Page) => {
  const row = page.getByRole('table', { name: 'Tables of dig so far' }).getByRole('row', { name: /^raw\.many/ })
  return Number((await row.getByRole('cell').nth(1).innerText()).replaceAll(/\D/g, ''))
}

story('the tables of a step grow while one looks', async ({ visit, page, polder }) => {
  await polder.deploy(PROJECT)
  const id = await polder.start('dredger/dredge')
  await visit.open(`/runs/${id}?step=dig`)
  await page.getByRole('table', { name: 'Tables of dig so far' }).waitFor()
  await page.getByRole('row', { name: /^raw\.few 1 \d+ B/ }).waitFor()
  const first = await rowsOf(page)
  await expect.poll(() => rowsOf(page)).toBeGreaterThan(first)
  expect(await lookAt(visit, 'progress', 'wide')).toEqual([])
  await polder.abort(id)
  expect((await polder.ended(id)).status).toBe('ABORTED')
  await page.getByRole('table', { name: 'Tables of dig so far' }).waitFor({ state: 'hidden' })
})
