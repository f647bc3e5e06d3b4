import { NO_PAGE_POLICY } from './security-headers'

/** A page of a few sentences, made without React, for responses of middleware and of API routes. */
export interface PlainPage {
  readonly status: number
  /** The title, which is also the heading. */
  readonly title: string
  /** HTML, below the heading. */
  readonly body: string
  /** Further HTML for the `<head>`. */
  readonly head?: string
  /** JavaScript that runs at the end of the body. */
  readonly script?: string
}

const MARK =
  '<svg viewBox="0 0 32 32" width="28" height="28" fill="none" aria-hidden="true"><path d="M25.2 7.6A12.5 12.5 0 1 0 28.5 16M20.6 7.9l5.2.4.2-5.1" class="ring"/><path d="M16.6 8.5c.5 3.2-4.6 4.8-4.6 9.3 0 2.9 2 4.9 4.4 4.9s4.3-1.8 4.3-4.4c0-1.9-.9-3-1.6-4-.2 1.2-.7 1.8-1.4 2.2.4-2.9-.1-6-1.1-8Z" class="flame"/></svg>'
/** The look of `app/globals.css`, with fonts that every system has: this page downloads nothing. */
const STYLE = `
:root{color-scheme:light dark;--paper:oklch(.982 .006 70);--surface:oklch(.998 .002 70);--line:oklch(.9 .014 66);--ink:oklch(.25 .018 45);--muted:oklch(.475 .022 50);--ember:oklch(.53 .165 38);--fill:oklch(.545 .172 38);--on-fill:oklch(.99 .01 80);--wash:oklch(.953 .03 58);--glow:oklch(.76 .16 58)}
@media(prefers-color-scheme:dark){:root{--paper:oklch(.178 .012 48);--surface:oklch(.214 .014 48);--line:oklch(.315 .018 50);--ink:oklch(.935 .012 75);--muted:oklch(.735 .02 65);--ember:oklch(.78 .135 58);--fill:oklch(.745 .155 54);--on-fill:oklch(.19 .03 45);--wash:oklch(.265 .04 48);--glow:oklch(.72 .17 52)}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;background:var(--paper) radial-gradient(60rem 32rem at 90% -8rem,var(--wash),transparent 70%) no-repeat;color:var(--ink);font:1.125rem/1.6 ui-sans-serif,system-ui,sans-serif}
header{max-width:64rem;margin:0 auto;padding:1.5rem 1.25rem 0}
.brand,h1{font-family:ui-serif,"Iowan Old Style","Palatino Linotype",Palatino,Charter,Georgia,serif;font-weight:600}
.brand{display:inline-flex;align-items:center;gap:.5rem;margin:0;color:var(--ink);font-size:1.25rem}
main{max-width:38.5rem;margin:12vh auto 0;padding:0 1.25rem 4rem}
.card{padding:1.75rem;border:1px solid var(--line);border-radius:1rem;background:var(--surface)}
h1{margin:0 0 .75rem;font-size:1.875rem;line-height:1.25;letter-spacing:-.02em;text-wrap:balance;overflow-wrap:anywhere}
.card p{margin:.75rem 0 0;color:var(--muted);overflow-wrap:anywhere}
a{color:var(--ember);text-underline-offset:.2em}
a.button{display:inline-flex;align-items:center;min-height:2.75rem;margin-top:.75rem;padding:.5rem 1.25rem;border:1px solid transparent;border-radius:.75rem;background:var(--fill);color:var(--on-fill);font-weight:600;text-decoration:none}
a:focus-visible{outline:2px solid var(--ember);outline-offset:3px;border-radius:.25rem}
#waiting{font-variant-numeric:tabular-nums}
.ring{stroke:var(--ember);stroke-width:2.4;stroke-linecap:round;stroke-linejoin:round}
.flame{fill:var(--glow)}`

/** The page as a response. Its CSP allows no script but its own, and it is never cached. */
export function plainPage({ status, title, body, head = '', script }: PlainPage): Response {
  const nonce = crypto.randomUUID()
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} · Rekindle</title>${head}<style nonce="${nonce}">${STYLE}</style></head><body><header><p class="brand">${MARK}Rekindle</p></header><main><div class="card"><h1>${title}</h1>${body}</div></main>${script === undefined ? '' : `<script nonce="${nonce}">${script}</script>`}</body></html>`
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': `${NO_PAGE_POLICY}; style-src 'nonce-${nonce}'${script === undefined ? '' : `; script-src 'nonce-${nonce}'`}`,
    'Cache-Control': 'private, no-store',
  }
  return new Response(html, { status, headers })
}

/** Escapes a text for HTML, also for use in attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** The 403 page for a form that another site, or another address of this server, sent. It links to the app. */
export function crossSitePage(appOrigin: string): Response {
  const origin = escapeHtml(appOrigin)
  return plainPage({
    status: 403,
    title: 'Nothing was sent',
    body: `<p>This form did not come from a page of <a href="${origin}/">${origin}</a>, so we did nothing with it. Open the app there, and send it again.</p>`,
  })
}
