/** Every page, light and dark, wide and narrow: nothing that keeps somebody from using it, and a picture to look at. */
import { expect, inject } from 'vitest'
import { lookAt, WIDTHS } from './axe'
import type { Visit } from './browser'
import { placesOf } from './places'
import { story, storyOutside } from './story'

story.for(placesOf(inject('world')))('$name', async ({ path, name, heading }, { visit, page }) => {
  visit.troubles.allow(/status of 404/)
  await visit.open(path)
  await visit.settled()
  const address = page.url()
  await eachLook(visit, name, async () => {
    await page.getByRole('heading', { level: 1, name: heading }).first().waitFor()
    await visit.live()
  })
  expect(page.url(), 'after loading it again').toBe(address)
})

storyOutside('sign-in', async ({ visit }) => {
  await visit.open('/')
  await eachLook(visit, 'sign-in', () => visit.page.getByLabel('API token').waitFor())
})

/** The page is loaded again for each width: every page is an address. */
async function eachLook(visit: Visit, name: string, loaded: () => Promise<void>) {
  const { page } = visit
  const wrong: string[] = []
  for (const [width, size] of Object.entries(WIDTHS)) {
    await page.setViewportSize(size)
    await page.reload()
    await loaded()
    wrong.push(...(await lookAt(visit, name, width as keyof typeof WIDTHS)))
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    if (beyond > 0) wrong.push(`${width}: scrolls ${beyond} pixels to the side`)
  }
  expect(wrong).toEqual([])
}
