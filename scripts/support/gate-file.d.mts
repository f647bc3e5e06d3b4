export const GATE_NAMES: readonly string[]
export function gateFile(folder?: string): string | null
export function switchGate(name: string | undefined, folder?: string): string
