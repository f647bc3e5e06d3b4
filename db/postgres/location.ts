/** What may be said of where a `postgres:` URL leads: its host, port and database, and no more. */
export function postgresPlace(url: string): string {
  if (!URL.canParse(url))
    throw new Error('DATABASE_URL: is not a URL: postgres://user:password@host:5432/database')
  const { host, pathname } = new URL(url)
  return `PostgreSQL at ${host}${pathname}`
}
