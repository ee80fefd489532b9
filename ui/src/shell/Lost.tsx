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
  return (
    <Container size="sm" py="xl" mx={0}>
      <Stack align="flex-start">
        <PageHeader title="This page broke" />
        <Text>Load it again: the server may be away, or was updated while the page was open.</Text>
        <Code block>{error instanceof Error ? error.message : String(error)}</Code>
        <Button onClick={retry}>Load again</Button>
      </Stack>
    </Container>
  )
}

function useWhenBack(then: () => void) {
  const { state } = useConnection()
  const wasLost = useRef(false)
  useEffect(() => {
    if (state === 'lost') wasLost.current = true
    else if (state === 'live' && wasLost.current) then()
  }, [state, then])
}
