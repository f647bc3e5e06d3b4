/** Finds the Chromiums of this machine, or null. Tests run in `headless`; if it is undefined, Playwright finds its own. */
export declare function findBrowsers(): { headless: string | undefined; full: string } | null
