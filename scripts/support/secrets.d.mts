/** Makes the secrets that are missing and writes them to `.env.local`, if the app is served on localhost. */
export function ensureSecrets(isDev?: boolean): void
