/** Without a mouse. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { signIn } from './browser'
import { story } from './story'

const at = (page: Page, path: string) => page.waitForURL((url) => url.pathname === path)

story('? lists the keys, and Esc closes the list', async ({ visit, page }) => {
  await visit.open('/about')
  await page.keyboard.press('?')
  const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await list.getByText('Pipelines').waitFor()
  await page.keyboard.press('Escape')
  await list.waitFor({ state: 'hidden' })
})

story('two keys lead to every place', async ({ visit, page }) => {
  await visit.open('/about')
  await page.keyboard.press('?')
  const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await list.getByText('Pipelines').waitFor()
  const keys = await list.getByRole('row').filter({ hasText: /^g/ }).allInnerTexts()
  await page.keyboard.press('Escape')
  await list.waitFor({ state: 'hidden' })
  expect(keys.length).toBeGreaterThanOrEqual(10)
  for (const [first, second, name] of keys.map((row) => row.split(/\s+/))) {
    await page.keyboard.press(first ?? '')
    await page.keyboard.press(second ?? '')
    const link = page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name, exact: false }).first()
    await expect.poll(() => link.getAttribute('aria-current'), { message: `g ${second}` }).toBe('page')
    await page.getByRole('heading', { level: 1 }).waitFor()
  }
})

story('/ searches in the page, and what is typed there stays text', async ({ visit, page }) => {
  await visit.open('/')
  await page.keyboard.press('g')
  await page.keyboard.press('p')
  await at(page, '/pipelines')
  await page.getByRole('link', { name: 'lake/pumps' }).first().waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('gp water')
  await page.waitForURL((url) => url.searchParams.get('search') === 'gp water')
  expect(new URL(page.url()).pathname).toBe('/pipelines')
})

story('Ctrl-K opens a pipeline by a part of its name', async ({ visit, page }) => {
  await visit.open('/')
  await page.keyboard.press('Control+k')
  await page.getByRole('textbox', { name: 'Find anything' }).fill('water')
  await page.getByRole('dialog').getByText('lake/water-levels').waitFor()
  await page.keyboard.press('Enter')
  await at(page, '/pipelines/lake/water-levels')
})

story('Ctrl-K leads to a run by its id, and to a place', async ({ visit, page, world }) => {
  await visit.open('/')
  await page.keyboard.press('Control+k')
  await page.getByRole('textbox', { name: 'Find anything' }).fill(world.failed)
  await page.getByRole('dialog').getByText(`Run ${world.failed}`).waitFor()
  await page.keyboard.press('Enter')
  await at(page, `/runs/${world.failed}`)
  await page.keyboard.press('Control+k')
  await page.getByRole('textbox', { name: 'Find anything' }).fill('secre')
  await page.getByRole('dialog').getByText('Secrets').waitFor()
  await page.keyboard.press('Enter')
  await at(page, '/secrets')
})

story(
  'Ctrl-K finds a run by what pages show of its id, and does what one may there',
  async ({ visit, page, world }) => {
    const palette = page.getByRole('textbox', { name: 'Find anything' })
    await visit.open('/')
    await page.keyboard.press('Control+k')
    await palette.fill(world.failed.slice(-8))
    await page.getByRole('dialog').getByText('lake/inspection, 2026-02-03: failed').waitFor()
    await page.keyboard.press('Enter')
    await at(page, `/runs/${world.failed}`)

    await page.keyboard.press('Control+k')
    await palette.fill('again from the start')
    await page.getByRole('dialog').getByText('Run inspection of 2026-02-03 again from the start').waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname.startsWith('/runs/') && !url.pathname.endsWith(world.failed))

    await visit.open(`/runs/${world.running}`)
    await page.keyboard.press('Control+k')
    await palette.fill('abort')
    await page
      .getByRole('dialog')
      .getByText(/^Abort slow of/)
      .waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Abort this run?' }).getByRole('button', { name: 'Let it run' }).click()

    await page.keyboard.press('Control+k')
    await palette.fill('set a secret')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Set a secret in prod' }).waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('placeholder'))).toBe('weather')
  },
)

story('Enter takes what is typed, not what was found for what was typed before', async ({ visit, page, world }) => {
  const palette = page.getByRole('textbox', { name: 'Find anything' })
  await visit.open('/')
  await page.keyboard.press('Control+k')
  await palette.fill(world.failed.slice(-8))
  await page.getByRole('dialog').getByText('lake/inspection, 2026-02-03: failed').waitFor()
  await palette.fill('keyboard shortcuts')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
})

story.extend({ look: { signedIn: false } })(
  'Ctrl-K offers a viewer nothing that only operators do',
  async ({ visit, page, context, polder, world }) => {
    const { token } = await polder.token('looks on', 'viewer')
    await signIn(context, { url: visit.server.url, token })
    await visit.open(`/runs/${world.failed}`)
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').getByText('Sign out').waitFor()
    for (const deed of [/again/, /^Run /, /secret$/, /token$/]) {
      expect(await page.getByRole('dialog').getByText(deed).count(), String(deed)).toBe(0)
    }
  },
)

story('the first key of the tabulator skips to the content', async ({ visit, page }) => {
  await visit.open('/pipelines')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('content')
})
