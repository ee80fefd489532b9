/** Runs are found by the date that they are about, as it is where somebody looks. */
import { expect } from 'vitest'
import { story } from './story'

const TIDE = 'name: tide\nsteps: [{name: look, run: "true"}]\n'

story('runs are found by the date that they are about', async ({ visit, page, polder }) => {
  await polder.deploy({ 'polder.yaml': 'project: tides\nteam: tides\n', 'pipelines/tide.yaml': TIDE })
  await polder.run('tides/tide', { logical_date: '2026-02-06' })
  // Half past midnight in Amsterdam, where the browser is.
  await polder.run('tides/tide', { logical_date: '2026-02-05T23:30:00Z' })
  await polder.run('tides/tide', { logical_date: '2026-02-07' })
  const rows = page.getByRole('table', { name: 'Runs' }).getByRole('link', { name: 'tides/tide' })

  await visit.open('/runs?team=tides')
  await expect.poll(() => rows.count()).toBe(3)
  await page.getByLabel('Date of the run, from').fill('2026-02-06')
  await page.getByLabel('Date of the run, to').fill('2026-02-06')
  await expect.poll(() => rows.count()).toBe(2)
  await page.getByLabel('Date of the run, from').fill('')
  await page.getByLabel('Date of the run, to').fill('2026-02-05')
  await page.getByText('No run matches').waitFor()
  await page.getByRole('button', { name: 'Clear the filters' }).click()

  await visit.open('/runs?team=tides')
  await page.getByLabel('Search runs').fill('2026-02-07')
  await expect.poll(() => rows.count()).toBe(1)
})
