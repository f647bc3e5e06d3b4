/** The name of the nth user: of the same length in every variant, so that the pages have the same size. */
export function nameOf(n) {
  return `user-${String(n + 1).padStart(4, '0')}`
}

/** Prints the Cookie headers of as many users as the command line says, as JSON. */
export async function print(cookieOf) {
  const cookies = []
  for (let n = 0; n < Number(process.argv[2]); n++) cookies.push(await cookieOf(n))
  process.stdout.write(JSON.stringify(cookies))
}
