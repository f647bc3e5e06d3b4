export function isCopied(entry: string): boolean
export function copyTree(folder: string): void
