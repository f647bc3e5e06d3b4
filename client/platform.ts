/**
 * The platform's own types where its lib declares them (DOM, Node, Deno, React Native), and `any` where none does: the
 * declarations of this package compile with any lib.
 */
// biome-ignore lint/suspicious/noExplicitAny: what a program without these types passes on is its own affair
type Anything = any
type Instance<Name extends string> =
  typeof globalThis extends Record<Name, { prototype: infer Type }> ? Type : Anything

export type Fetch = typeof globalThis extends { fetch: infer Type }
  ? Type
  : (input: Anything, init?: Anything) => Promise<Anything>
export type Signal = Instance<'AbortSignal'>

/** What is looked for on the global object, and done without where it is missing. */
export interface Globals {
  readonly document?: { readonly hidden: boolean }
  readonly location?: {
    readonly origin: string
    readonly pathname: string
    readonly search: string
    assign(address: string): void
  }
  readonly navigator?: {
    readonly locks?: {
      request<T>(
        name: string,
        options: { signal?: Signal; ifAvailable?: true },
        run: (lock: unknown) => Promise<T>,
      ): Promise<T>
    }
  }
  readonly BroadcastChannel?: new (name: string) => Channel
  readonly addEventListener?: Listen
}

type Listen = (type: string, listener: () => void, options: { signal: Signal }) => void

export interface Channel {
  onmessage: ((event: { data: unknown }) => void) | null
  postMessage(message: unknown): void
  close(): void
  /** Node alone: an open channel does not keep the process alive. */
  unref?(): void
}

export const globals = globalThis as unknown as Globals
