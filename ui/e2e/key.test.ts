/** The master key is changed, and nobody notices. */
import { expect } from 'vitest'
import { Polder } from './client'
import { storyOfItsOwn } from './story'

const story = storyOfItsOwn()
const VALUE = 'Under-the-third-stone'
const PIPELINE = `name: door
steps: [{name: open, run: 'test "$KEY" = "${VALUE}"', secrets: {KEY: door-key}}]
`
const FILES = { 'polder.yaml': 'project: doors\nteam: doors\n', 'pipelines/door.yaml': PIPELINE }

story('a run still gets its secret, also after the server is started again', async ({ visit, page, server }) => {
  visit.troubles.allow(/ERR_/)
  const polder = new Polder(server)
  await polder.deploy(FILES)
  await polder.setSecret('doors', 'door-key', VALUE)
  expect((await polder.run('doors/door')).status).toBe('SUCCEEDED')
  const before = await server.masterKey()

  await visit.open('/secrets')
  await page.getByRole('button', { name: 'Change the master key' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Change the key' }).click()
  await page.getByText('1 secret locked with the new master key.').waitFor()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  expect(await server.masterKey()).not.toBe(before)
  expect((await polder.run('doors/door')).status).toBe('SUCCEEDED')
  await server.kill()
  await server.startAgain()
  expect((await polder.run('doors/door')).status).toBe('SUCCEEDED')
})
