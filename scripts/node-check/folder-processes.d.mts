export declare function endProcesses(
  group: number,
  folder: string,
  patienceMs?: number,
): Promise<string[]>
export declare function processesIn(folder: string): { pid: number; command: string }[]
