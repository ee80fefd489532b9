import { Center, Loader, Modal, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Failure } from '~/kit/Failure'
import { SignInForm } from './SignInForm'
import { SignInPage } from './SignInPage'
import { useSignedIn } from './session'

/** Whatever else is open: a dialog, the palette. */
const ABOVE_ALL = 10_000

/** Shows the page to who is signed in; keeps it as it is when the session ends, and asks on top of it. */
export function SessionGate({ children }: { children: ReactNode }) {
  const { data, error, refetch } = useSignedIn()
  if (error && !data) return <Failure error={error} retry={() => refetch()} />
  if (!data) return <Waiting />
  if (data.state === 'out') return <SignInPage />
  return (
    <>
      {children}
      <Modal
        opened={data.state === 'expired'}
        zIndex={ABOVE_ALL}
        onClose={() => {}}
        withCloseButton={false}
        title="Your session has ended"
        centered
      >
        <Text mb="md">Sign in again, and go on where you were: nothing on this page is lost.</Text>
        <SignInForm submit="Sign in and go on" />
      </Modal>
    </>
  )
}

function Waiting() {
  return (
    <Center mih="100dvh" component="main">
      <Loader aria-label="Loading" />
    </Center>
  )
}
