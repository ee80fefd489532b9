/** Nobody has touched the page for as long as a session lasts. */
import { storyOfItsOwn } from './story'

const story = storyOfItsOwn('--session-idle', '4s')

story('the session ends by itself, and the page says so by itself', async ({ visit, page }) => {
  visit.troubles.allow(/status of 401/)
  await visit.open('/about')
  await visit.live()
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' })
  await dialog.waitFor()
  await page.getByRole('heading', { level: 1, name: /About/, includeHidden: true }).waitFor()
  await dialog.getByLabel('API token').fill(visit.server.token)
  await dialog.getByRole('button', { name: /^Sign in/ }).click()
  await dialog.waitFor({ state: 'hidden' })
  await visit.live()
})
