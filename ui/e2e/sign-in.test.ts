/** Getting in and out. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { storyOutside as story } from './story'

const welcome = (page: Page) => page.getByRole('heading', { name: 'Sign in to Polder' })

async function signIn(page: Page, token: string) {
  await page.getByLabel('API token').fill(token)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

story(
  'a wrong token is refused with a reason, the right one leads to the page that was asked for',
  async ({ visit, page }) => {
    visit.troubles.allow(/status of 401 .*\/session$/)
    await visit.open('/pipelines?search=water')
    await welcome(page).waitFor()
    await signIn(page, 'pld_this_is_nobodys_token')
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).toMatch(/token/i)
    await signIn(page, visit.server.token)
    await page.getByRole('link', { name: 'lake/water-levels' }).first().waitFor()
    expect(new URL(page.url()).search).toBe('?search=water')
  },
)

story(
  'the session is in a cookie that no script can read, and the token is nowhere',
  async ({ visit, page, context }) => {
    await visit.open('/')
    await signIn(page, visit.server.token)
    await visit.live()
    const cookies = await context.cookies()
    expect(cookies).toHaveLength(1)
    expect(cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' })
    const kept = await page.evaluate(() =>
      JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }]),
    )
    expect(kept).not.toContain(visit.server.token)
    expect(kept).not.toContain(cookies[0]?.value)
    expect(await page.content()).not.toContain(visit.server.token)
  },
)

story('signing out ends the session for whoever has its cookie', async ({ visit, page, context }) => {
  // The stream may end before the page has heard of it: then it asks once more.
  visit.troubles.allow(/status of 401 .*\/(session|changes)$/)
  await visit.open('/')
  await signIn(page, visit.server.token)
  await visit.live()
  const [cookie] = await context.cookies()
  await page.getByRole('button', { name: 'You and this page' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await welcome(page).waitFor()
  expect(await context.cookies()).toEqual([])
  await page.reload()
  await welcome(page).waitFor()
  const headers = { Cookie: `${cookie?.name}=${cookie?.value}` }
  expect((await fetch(`${visit.server.url}/api/v1/runs`, { headers })).status).toBe(401)
})

story('a page of somebody else cannot act with the session', async ({ visit, page }) => {
  visit.troubles.allow(/status of 403/)
  await visit.open('/')
  await signIn(page, visit.server.token)
  await visit.live()
  const status = await page.evaluate(async () => {
    const body = JSON.stringify({ name: 'forged', grants: [{ role: 'admin' }] })
    const headers = { 'Content-Type': 'application/json' }
    return (await fetch('/api/v1/tokens', { method: 'POST', body, headers })).status
  })
  expect(status).toBe(403)
})
