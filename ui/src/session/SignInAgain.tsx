import { Modal, Text } from '@mantine/core'
import { SignInForm } from './SignInForm'

/** Whatever else is open: a dialog, the palette. */
const ABOVE_ALL = 10_000

/** The session has ended while somebody works. */
export function SignInAgain() {
  return (
    <Modal opened zIndex={ABOVE_ALL} onClose={() => {}} withCloseButton={false} title="Your session has ended" centered>
      <Text mb="md">Sign in again, and go on where you were: nothing on this page is lost.</Text>
      <SignInForm submit="Sign in and go on" />
    </Modal>
  )
}
