export declare function parseVersions(args: readonly string[]): string[]
export declare function highest(versions: readonly string[]): string | undefined
export declare function complaintOfRecord(
  record: string,
  version: string,
  programs: readonly string[],
): string | null
