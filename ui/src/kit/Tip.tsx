import { useLoaded } from './useLoaded'

const load = async () => (await import('./tooltip')).Tooltip

type Props = { /** What is pointed at, if something is. */ at: HTMLElement | null; label: string | null }

/** The tooltip of what is pointed at. */
export function Tip({ at, label }: Props) {
  const Tooltip = useLoaded(load, at !== null)
  return Tooltip && at && <Tooltip opened target={at} label={label} />
}
