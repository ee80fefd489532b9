import { Anchor, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { answer, api } from '~/api/client'
import type { Code } from '~/api/schema'
import { Loaded } from '~/kit/Loaded'
import { usePlace } from './links'
import { Markdown } from './Markdown'
import type { Document } from './model'

/** Every code that an error can have. */
export function ErrorCodes({ document }: { document: Document }) {
  const { to } = usePlace()
  const codes = [...(document.components?.schemas?.Code?.enum ?? [])].map(String).sort()
  return (
    <Stack gap="md">
      <div>
        <Title order={2} size="h3">
          Error codes
        </Title>
        <Text size="sm" maw="75ch">
          Every error has a code that stays the same, a sentence about this case, and often a hint. Each code has a
          page.
        </Text>
      </div>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="xs" verticalSpacing="xs">
        {codes.map((code) => (
          <Anchor
            component={Link}
            key={code}
            to={to({ error: code })}
            ff="monospace"
            size="sm"
            style={{ overflowWrap: 'anywhere' }}
          >
            {code}
          </Anchor>
        ))}
      </SimpleGrid>
    </Stack>
  )
}

/** What one code means, in the words of the server's own page about it. */
export function ErrorPage({ code }: { code: string }) {
  const { to } = usePlace()
  const page = useQuery({
    queryKey: ['/api/v1/errors/{code}', code],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/v1/errors/{code}', { params: { path: { code: code as Code } }, parseAs: 'text', signal })),
  })
  return (
    <Stack gap="md" align="flex-start">
      <Loaded query={page}>
        {(text) => (
          <article>
            <Markdown text={text} order={2} size="md" />
          </article>
        )}
      </Loaded>
      <Anchor component={Link} to={to({ error: 'list' })} size="sm">
        All error codes
      </Anchor>
    </Stack>
  )
}
