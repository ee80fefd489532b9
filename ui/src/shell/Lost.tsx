import { Button, Code, Container, Stack, Text } from '@mantine/core'
import { useRouteError } from 'react-router'
import { Empty } from '~/kit/Empty'
import { To } from '~/kit/Links'
import { PageHeader } from '~/kit/PageHeader'

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

/** A page that broke. A newer server has newer pages, so loading again is what helps most often. */
export function Broken() {
  const error = useRouteError()
  return (
    <Container size="sm" py="xl" component="main">
      <Stack align="flex-start">
        <PageHeader title="This page broke" />
        <Text>Load it again: the server may have been updated while the page was open.</Text>
        <Code block>{error instanceof Error ? error.message : String(error)}</Code>
        <Button onClick={() => window.location.reload()}>Load again</Button>
      </Stack>
    </Container>
  )
}
