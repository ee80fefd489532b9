import { Center, Paper, Stack, Text, Title } from '@mantine/core'
import { Logo } from '~/shell/Logo'
import { OVER } from '~/theme'
import { SignInForm } from './SignInForm'

export function SignInPage() {
  return (
    <Center mih="100dvh" p="md" component="main">
      <Paper withBorder shadow="sm" p="xl" w={420} maw="100%">
        <Stack>
          <Logo size={40} />
          <Title order={1} size="h2">
            Sign in to Polder
          </Title>
          <Text c="var(--polder-muted)">What runs, what is broken, what is late.</Text>
          <SignInForm />
        </Stack>
      </Paper>
      <div id={OVER} />
    </Center>
  )
}
