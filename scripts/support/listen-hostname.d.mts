/** The hostname to listen at if no option names one; undefined means every address. */
export function listenHostname(
  env: Readonly<Record<string, string | undefined>>,
): string | undefined
