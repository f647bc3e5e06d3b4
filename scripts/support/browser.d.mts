/** The Chromiums of this machine: what tests run in (undefined where Playwright is to find it), and the full one. */
export declare function findBrowsers(): { headless: string | undefined; full: string } | null
