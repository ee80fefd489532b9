import { Button, Code, Container, Stack, Text } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { useRouteError } from 'react-router'
import { Empty } from '~/kit/Empty'
import { To } from '~/kit/Links'
import { PageHeader } from '~/kit/PageHeader'
import { useConnection } from '~/live/useLive'

/** An address that leads nowhere. */
export function NotFound() {
  return (
    <>
      <PageHeader title="Nothing is here" />
      <Empty title="This address leads to no page" action={<To to="/">To the overview</To>}>
        If a link brought you here, what it pointed to may have been removed.
      </Empty>
    </>
  )
}

/** A page that broke; when its code could not be had because the server was away, it comes as soon as that is back. */
export function Broken() {
  const error = useRouteError()
  const retry = () => window.location.reload()
  useWhenBack(retry)
  const { title, text } = isNotLoaded(error) ? NOT_LOADED : BROKEN
  return (
    <Container size="sm" py="xl" mx={0}>
      <Stack align="flex-start" role="alert">
        <PageHeader title={title} />
        <Text>{text}</Text>
        <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {error instanceof Error ? error.message : String(error)}
        </Code>
        <Button onClick={retry}>Load again</Button>
      </Stack>
    </Container>
  )
}

const NOT_LOADED = {
  title: 'This page could not be loaded',
  text: 'The server is away, or was updated while the page was open. It comes by itself as soon as the server is back.',
}
const BROKEN = {
  title: 'This page broke',
  text: 'Loading it again may help. If it breaks again, tell those who look after this server what stands here:',
}

/** There is no name for it, only words: of Chromium and Firefox, of Safari, and of Vite for the styles of a page. */
const UNLOADED = /dynamically imported module|importing a module script|unable to preload/i
const isNotLoaded = (error: unknown) => error instanceof Error && UNLOADED.test(error.message)

function useWhenBack(then: () => void) {
  const { state } = useConnection()
  const wasLost = useRef(false)
  useEffect(() => {
    if (state === 'lost') wasLost.current = true
    else if (state === 'live' && wasLost.current) then()
  }, [state, then])
}
