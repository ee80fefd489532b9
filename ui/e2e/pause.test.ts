/** Nothing starts what is paused, until somebody resumes it. */
import { expect } from 'vitest'
import { story } from './story'

const FILES = {
  'polder.yaml': 'project: ferries\nteam: ferries\n',
  'pipelines/ferry.yaml': 'name: ferry\nsteps: [{name: cross, run: echo across}]\n',
}

story('a pipeline is paused, then resumed, and runs again', async ({ visit, page, polder }) => {
  await polder.deploy(FILES)
  await visit.open('/pipelines/ferries/ferry')
  await visit.live()
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByText('It is paused: nothing starts it until somebody resumes it.').waitFor()
  await expect(polder.start('ferries/ferry')).rejects.toThrow(/PAUSED/)
  const run = page.getByRole('button', { name: 'Run…' })
  expect(await run.getAttribute('aria-disabled')).toBe('true')
  await run.click({ force: true })
  expect(await page.getByRole('dialog').count()).toBe(0)

  await visit.open('/pipelines?state=paused&team=ferries')
  await page.getByRole('link', { name: 'ferries/ferry' }).first().click()
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.getByRole('button', { name: 'Pause' }).waitFor()
  await run.click()
  await page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click()
  await page.waitForURL(/\/runs\//)
  await page.getByText('across', { exact: true }).first().waitFor()
  await expect.poll(async () => (await polder.newestRun('ferries/ferry'))?.status).toBe('SUCCEEDED')
})
