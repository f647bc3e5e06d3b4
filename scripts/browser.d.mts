/** The path of a Chromium on this machine: Playwright's own, else a packaged one; null if there is none. */
export declare function findBrowser(): string | null
