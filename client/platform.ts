/**
 * Takes the platform's own types if its lib declares them (DOM, Node, Deno, React Native), and `any` if not: so the declarations
 * of this package compile with any lib.
 */
// biome-ignore lint/suspicious/noExplicitAny: a program whose lib lacks these types may pass anything
type Anything = any
type Instance<Name extends string> =
  typeof globalThis extends Record<Name, { prototype: infer Type }> ? Type : Anything

/** The platform's `fetch`. */
export type Fetch = typeof globalThis extends { fetch: infer Type }
  ? Type
  : (input: Anything, init?: Anything) => Promise<Anything>
/** The platform's `AbortSignal`. */
export type Signal = Instance<'AbortSignal'>

/** What the client uses of the global object. The client works without any of it. */
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

/** A BroadcastChannel, as far as the client uses it. */
export interface Channel {
  onmessage: ((event: { data: unknown }) => void) | null
  postMessage(message: unknown): void
  close(): void
  /** Exists in Node alone: lets the process end while the channel is open. */
  unref?(): void
}

/** The global object. */
export const globals = globalThis as unknown as Globals
