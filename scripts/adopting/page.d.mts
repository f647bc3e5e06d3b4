export interface Block {
  step: string
  language: string
  target: string
  code: string
}
export declare function blocksOf(page: string): Block[]
export declare function follow(
  block: Block,
  app: string,
  env?: Record<string, string>,
): Promise<void>
