/** Deployed by a colleague, started here: the run dialog, the log as it comes, and the end before the end. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { story } from './story'

const PIPELINE = `name: tide
parameters:
  harbour: {description: Where the gauge stands}
  basin: {enum: [north, south], default: north}
  hours: {type: integer, default: 12}
  factor: {type: number, default: 1.5}
  storm: {type: boolean, default: false}
  since: {type: date, default: 2026-01-31}
steps:
  - name: measure
    run: |
      echo harbour {{ params.harbour }} basin {{ params.basin }} hours {{ params.hours }}
      echo factor {{ params.factor }} storm {{ params.storm }} since {{ params.since }} for {{ run.date }}
      i=0; while :; do i=$((i + 1)); echo "measurement $i"; sleep 0.2; done
`
const FILES = { 'polder.yaml': 'project: tides\nteam: sea\n', 'pipelines/tide.yaml': PIPELINE }

async function openDialog(page: Page) {
  await page.getByRole('button', { name: 'Run…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(/^harbour/).waitFor()
  return dialog
}

story('a run is started with parameters, followed, and aborted', async ({ visit, page, polder }) => {
  await polder.deploy(FILES)
  await visit.open('/pipelines/sea/tide')
  await visit.live()
  const dialog = await openDialog(page)
  await dialog.getByLabel(/^harbour/).fill('Den Helder')
  await dialog.getByLabel(/^hours/).fill('6')
  await dialog.getByLabel(/^since/).fill('2026-02-01')
  await dialog.getByLabel(/^storm/).selectOption('true')
  await dialog.getByLabel(/^basin/).selectOption('south')
  await dialog.getByRole('button', { name: 'Run', exact: true }).click()
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}/)
  await page.getByText('harbour Den Helder basin south hours 6').first().waitFor()
  await page
    .getByText(/storm true since 2026-02-01/)
    .first()
    .waitFor()
  // Lines go on coming by themselves.
  await page.getByText('measurement 3', { exact: true }).waitFor()
  await page.getByText('measurement 12', { exact: true }).waitFor()
  await abort(page)
  expect((await polder.newestRun('sea/tide'))?.status).toBe('ABORTED')
})

async function abort(page: Page) {
  await page.getByRole('button', { name: /^Abort/ }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Abort/ })
    .click()
  await page.getByRole('main').getByText('aborted').first().waitFor()
}

story('what is wrong with a parameter is said beside its field, by the server', async ({ visit, page, polder }) => {
  visit.troubles.allow(/status of 422/, /status of 400/)
  await polder.deploy(FILES)
  await visit.open('/pipelines/sea/tide')
  const dialog = await openDialog(page)
  await dialog.getByLabel(/^harbour/).fill('Den Helder')
  await dialog.getByLabel(/^hours/).fill('99999999999999999999')
  await dialog.getByRole('button', { name: 'Run', exact: true }).click()
  const field = dialog.getByLabel(/^hours/)
  await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true')
  const described = (await field.getAttribute('aria-describedby')) ?? ''
  const said = await page.evaluate(
    (ids) =>
      ids
        .split(' ')
        .map((id) => document.getElementById(id)?.textContent)
        .join(' '),
    described,
  )
  expect(said).toMatch(/integer|number/i)
  expect(await dialog.getByLabel(/^harbour/).inputValue()).toBe('Den Helder')
})
