/** The lanes of the picture, from the browsers to the row. */
export const LANES = ['browser', 'network', 'middleware', 'route', 'row'] as const
export type Lane = (typeof LANES)[number]

export interface Point {
  readonly x: number
  readonly y: number
}

/** Where the parts of the picture are, in units of its view box. A share is between 0 and 1, along a lane. */
export interface Layout {
  readonly width: number
  readonly height: number
  /** The box of a browser, and that of a row. */
  readonly box: { readonly width: number; readonly height: number }
  /** True if a box has room for a few words only. */
  readonly isNarrow: boolean
  /** The middle of a box. */
  place(lane: Lane, share: number): Point
  /** Where a message begins and ends: beside the boxes, whose words it would hide. */
  port(lane: Lane, share: number): Point
  /** The line of a lane, as a path. */
  line(lane: Lane): string
  readonly labels: Readonly<Record<Lane, Point>>
  readonly decision: Point
  readonly caption: Point
}

/** The lanes stand side by side, for a screen that is wide enough. */
export const WIDE: Layout = wide()
/** The lanes lie one below the other, for a phone and for a page at 400 %. */
export const TALL: Layout = tall()

function wide(): Layout {
  const X = { browser: 120, network: 310, middleware: 480, route: 650, row: 836 }
  const [top, bottom] = [70, 380]
  const box = { width: 208, height: 72 }
  const heightOf = (share: number) => top + 20 + share * (bottom - top - 40)
  const beside = { browser: box.width / 2 + 10, row: -(box.width / 2 + 10) }
  return {
    ...{ width: 960, height: 430, box, isNarrow: false },
    place: (lane, share) => ({ x: X[lane], y: heightOf(share) }),
    port: (lane, share) => ({
      x: X[lane] + (lane === 'browser' || lane === 'row' ? beside[lane] : 0),
      y: heightOf(share),
    }),
    line: (lane) => `M${X[lane]} ${top - 12}V${bottom}`,
    labels: {
      browser: { x: X.browser, y: 30 },
      network: { x: X.network, y: 30 },
      middleware: { x: X.middleware, y: 30 },
      route: { x: X.route, y: 30 },
      row: { x: X.row, y: 30 },
    },
    decision: { x: X.route, y: bottom - 30 },
    caption: { x: 480, y: 418 },
  }
}

function tall(): Layout {
  const Y = { browser: 76, network: 164, middleware: 236, route: 312, row: 418 }
  const width = 380
  const between = width * 0.365
  const box = { width: 108, height: 72 }
  const below = { browser: box.height / 2 + 10, row: -(box.height / 2 + 10) }
  return {
    ...{ width, height: 520, box, isNarrow: true },
    place: (lane, share) => ({ x: share * width, y: Y[lane] }),
    port: (lane, share) => ({
      x: share * width,
      y: Y[lane] + (lane === 'browser' || lane === 'row' ? below[lane] : 0),
    }),
    line: (lane) => `M0 ${Y[lane]}H${width}`,
    // Between the shares at which boxes are, so that no message crosses them.
    labels: {
      browser: { x: between, y: 24 },
      network: { x: between, y: Y.network - 10 },
      middleware: { x: between, y: Y.middleware - 10 },
      route: { x: between, y: Y.route - 10 },
      row: { x: between, y: Y.row + 62 },
    },
    decision: { x: width - between, y: Y.route },
    caption: { x: width / 2, y: 512 },
  }
}
