/** Something that changes by itself and tells so, for `useSyncExternalStore`. */
export class Store<T extends object> {
  private readonly listeners = new Set<() => void>()

  constructor(private known: T) {}

  readonly read = () => this.known

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
    }
  }

  protected become(change: Partial<T>) {
    this.known = { ...this.known, ...change }
    for (const listener of this.listeners) listener()
  }
}
