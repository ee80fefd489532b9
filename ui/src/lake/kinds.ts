/** The kinds of steps that write to the lake. */
const KINDS = new Set(['sql', 'sync', 'models'])

export const usesLake = ({ kind }: { kind: string }) => KINDS.has(kind)
