/** A token is made for somebody, shown once, and taken back. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { story } from './story'

async function create(page: Page, name: string, team: string): Promise<string> {
  await page.getByRole('button', { name: 'Create a token' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name)
  await dialog.getByRole('combobox', { name: 'Team of role 1' }).fill(team)
  await dialog.getByRole('button', { name: 'Create the token' }).click()
  const text = await dialog.locator('[data-token]').innerText()
  await dialog.getByRole('button', { name: 'I have stored it' }).click()
  await dialog.waitFor({ state: 'hidden' })
  return text.trim()
}

story('it works until it is revoked, and is shown only once', async ({ visit, page, world }) => {
  const ask = async (path: string, token: string, method = 'GET') => {
    const headers = { Authorization: `Bearer ${token}` }
    return (await fetch(`${visit.server.url}/api/v1${path}`, { method, headers })).status
  }
  await visit.open('/tokens')
  const token = await create(page, 'pilot', 'lake')
  expect(token).toMatch(/^pld_/)
  expect(await ask(`/runs/${world.failed}`, token)).toBe(200)
  expect(await ask('/pipelines/lake/resting/resume', token, 'POST'), 'a viewer may only look').toBe(403)

  const row = page.getByRole('row').filter({ hasText: 'pilot' })
  await row.getByRole('cell', { name: 'viewer of lake', exact: true }).waitFor()
  await page.reload()
  await row.waitFor()
  expect(await page.content()).not.toContain(token)
  expect((await visit.troubles.received()).split(token).length - 1, 'times that it was sent').toBe(1)

  await row.getByRole('button', { name: 'Revoke the token pilot' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click()
  await row.waitFor({ state: 'hidden' })
  expect(await ask(`/runs/${world.failed}`, token)).toBe(401)
  await page.getByRole('switch', { name: 'Show revoked ones' }).click({ force: true })
  await row.getByRole('cell', { name: /^revoked/ }).waitFor()
})
