import 'server-only'
import type { Found, Stage } from './stage'

/** Plays a scene. Returns the check that reads its verdict from the rows, which are read once the scene is over. */
export type Play = (stage: Stage) => Promise<(found: Found) => boolean>
