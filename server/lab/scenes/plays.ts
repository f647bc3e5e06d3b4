import 'server-only'
import type { Play } from '../play'
import type { SceneId } from '../scene-list'
import { endedElsewhere, password } from './endings'
import { late, lost, lostTen } from './network'
import { databaseAway, routeAway } from './outages'
import { action, fifty, tabs } from './races'
import { thiefFirst, thiefLockstep, thiefPaced, thiefSecond, thiefSilent } from './thefts'

/** How each scene is played. */
export const PLAYS: Readonly<Record<SceneId, Play>> = {
  fifty,
  tabs,
  action,
  lost,
  'lost-ten': lostTen,
  late,
  'route-away': routeAway,
  'database-away': databaseAway,
  'thief-first': thiefFirst,
  'thief-second': thiefSecond,
  'thief-lockstep': thiefLockstep,
  'thief-silent': thiefSilent,
  'thief-paced': thiefPaced,
  'ended-elsewhere': endedElsewhere,
  password,
}
