/** Looks at what a deployment has changed, and goes back to what was before. */
import { expect } from 'vitest'
import { story } from './story'

const pipeline = (words: string) => `name: bell\nsteps: [{name: ring, run: ${words}}]\n`
const project = (words: string) => ({
  'polder.yaml': 'project: bells\nteam: tower\n',
  'pipelines/bell.yaml': pipeline(words),
})

story('a revision is compared with the one before, and rolled back', async ({ visit, page, polder }) => {
  const first = await polder.deploy(project('echo ding'), 'prod', 'A bell')
  const second = await polder.deploy(project('echo BANG'), 'prod', 'Louder')
  await visit.open(`/deployments/${second}`)
  await page.getByText('Louder').first().waitFor()
  const diff = page.getByRole('main')
  await diff
    .getByText(/echo ding/)
    .first()
    .waitFor()
  await diff
    .getByText(/echo BANG/)
    .first()
    .waitFor()

  await visit.open('/deployments?project=tower/bells')
  await page.getByRole('link', { name: 'Revision 1 of tower/bells' }).click()
  await page.waitForURL(`**/deployments/${first}`)
  await page.getByRole('button', { name: /^Roll back/ }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('list', { name: 'Pipelines that change' }).getByText('bell').waitFor()
  await dialog.getByRole('button', { name: 'Roll back' }).click()
  await expect.poll(async () => (await polder.revisions('tower'))[0]?.rolled_back_to).toBe(first)

  await visit.open('/pipelines/tower/bell/definition')
  await page
    .getByText(/echo ding/)
    .first()
    .waitFor()
  expect(await page.getByText(/echo BANG/).count()).toBe(0)
})

story('the revisions of a pipeline are searched on its page', async ({ visit, page, polder }) => {
  const gong = { 'polder.yaml': 'project: gongs\nteam: gongs\n', 'pipelines/bell.yaml': pipeline('echo gong') }
  await polder.deploy(gong, 'prod', 'A gong')
  await polder.deploy({ ...gong, 'pipelines/bell.yaml': pipeline('echo GONG') }, 'prod', 'Much louder')
  await visit.open('/pipelines/gongs/bell/revisions')
  const rows = page.getByRole('table').getByRole('link', { name: /^Revision \d of gongs/ })
  await expect.poll(() => rows.count()).toBe(2)
  await page.getByLabel('Search revisions').fill('louder')
  await expect.poll(() => rows.count()).toBe(1)
  // What can be compared does not depend on what was searched for.
  expect(
    await page
      .getByLabel('From')
      .getByRole('option', { name: /A gong/ })
      .count(),
  ).toBe(1)
  await page.getByLabel('Search revisions').fill('softer')
  await page.getByText('No revision has “softer”').waitFor()
})
