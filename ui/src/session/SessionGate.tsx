import { lazy, type ReactNode, Suspense } from 'react'
import { Failure } from '~/kit/Failure'
import { useSignedIn } from './session'

const SignInPage = lazy(async () => ({ default: (await import('./SignInPage')).SignInPage }))
const SignInAgain = lazy(async () => ({ default: (await import('./SignInAgain')).SignInAgain }))

/**
 * Shows the page to who is signed in; keeps it as it is when the session ends, and asks on top of it. Who was signed in
 * before is taken to be so still: what the page asks for is then on its way while the session is looked up.
 */
export function SessionGate({ children }: { children: ReactNode }) {
  const { data, error, refetch } = useSignedIn()
  if (error && !data) return <Failure error={error} retry={() => refetch()} />
  if (data?.state === 'out') {
    return (
      <Suspense fallback={null}>
        <SignInPage />
      </Suspense>
    )
  }
  return (
    <>
      {children}
      <Suspense fallback={null}>{data?.state === 'expired' && <SignInAgain />}</Suspense>
    </>
  )
}
