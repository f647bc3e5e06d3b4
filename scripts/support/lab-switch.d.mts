export function labSwitch(env: Readonly<Record<string, string | undefined>>): string
