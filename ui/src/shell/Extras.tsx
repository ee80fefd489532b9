/** What nobody sees at first: it comes when the page has come to rest. */
import '@mantine/notifications/styles.css'
import '@mantine/spotlight/styles.css'
import { Notifications } from '@mantine/notifications'
import { Palette } from './Palette'
import { Shortcuts } from './Shortcuts'

export function Extras() {
  return (
    <>
      <Notifications position="bottom-right" />
      <Palette />
      <Shortcuts />
    </>
  )
}
