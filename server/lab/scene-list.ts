/** A scene, as people choose it. */
export interface Scene {
  readonly id: string
  readonly title: string
  /** What happens, in a sentence or two. */
  readonly text: string
  /** What the product promises for it. The verdict says whether the database agrees. */
  readonly promise: string
  readonly group: 'Races' | 'A bad network' | 'Outages' | 'Thieves' | 'Endings'
}

/** Every scene, in the order of the page. */
export const SCENES = [
  {
    id: 'fifty',
    group: 'Races',
    title: 'Fifty requests at once',
    text: 'The access token has expired, and fifty requests of one browser leave together.',
    promise: 'All fifty are served. The session rotates once.',
  },
  {
    id: 'tabs',
    group: 'Races',
    title: 'Five tabs wake',
    text: 'A laptop is opened, and five tabs reload one after the other. Later it happens again.',
    promise: 'Every tab is served. The session rotates once for each waking.',
  },
  {
    id: 'action',
    group: 'Races',
    title: 'A server action at expiry',
    text: 'A form is posted with an access token that has expired. Its answer cannot carry a refresh token.',
    promise: 'The action runs once, and the session does not rotate.',
  },
  {
    id: 'lost',
    group: 'A bad network',
    title: 'The response is lost',
    text: 'The server rotates, and the answer with the new refresh token never arrives.',
    promise: 'The browser is served with the token that it still holds, and gets a new one.',
  },
  {
    id: 'lost-ten',
    group: 'A bad network',
    title: 'Lost ten times in a row',
    text: 'Ten answers in a row never arrive. Then the network works again.',
    promise: 'The eleventh request is served, and the session lives.',
  },
  {
    id: 'late',
    group: 'A bad network',
    title: 'Late, past grace',
    text: 'The network holds a request until grace is over. Meanwhile another tab gets the new refresh token.',
    promise: 'The late request is sent back to its jar once, and is served.',
  },
  {
    id: 'route-away',
    group: 'Outages',
    title: 'The refresh route is away',
    text: 'For ten seconds the refresh route answers every request of this scene with 503.',
    promise: 'The browser sees 503 and keeps its cookies. Then it is served.',
  },
  {
    id: 'database-away',
    group: 'Outages',
    title: 'The database is away',
    text: 'For five seconds every statement about this scene’s sessions fails.',
    promise: 'The browser sees 503 and keeps its cookies. Then it is served.',
  },
  {
    id: 'thief-first',
    group: 'Thieves',
    title: 'A thief goes first',
    text: 'A thief copies the cookie jar, and uses the refresh token before its owner does.',
    promise: 'The thief gets one exchange. At the next, the session ends for both.',
  },
  {
    id: 'thief-second',
    group: 'Thieves',
    title: 'A thief goes second',
    text: 'A thief copies the cookie jar, and uses the refresh token after its owner did.',
    promise: 'The thief gets one exchange. At the owner’s next visit the session ends for both.',
  },
  {
    id: 'thief-lockstep',
    group: 'Thieves',
    title: 'A thief in lockstep',
    text: 'A thief copies the cookie jar, and asks at the very moment at which its owner does.',
    promise: 'The session ends within four rounds, and both never get a new token twice.',
  },
  {
    id: 'thief-silent',
    group: 'Thieves',
    title: 'A thief stays silent',
    text: 'A thief copies the cookie jar and waits, while its owner rotates twice.',
    promise: 'The thief gets nothing, and the first use of the copy ends the session.',
  },
  {
    id: 'thief-paced',
    group: 'Thieves',
    title: 'A thief paces himself',
    text: 'A thief presents the same copy just before each daily visit of its owner.',
    promise: 'The thief shares three visits. At the fourth the session ends for both.',
  },
  {
    id: 'ended-elsewhere',
    group: 'Endings',
    title: 'Ended from another device',
    text: 'A person ends the laptop’s session on the phone. The laptop’s access token is still good.',
    promise: 'The laptop’s next request is refused, and the phone stays signed in.',
  },
  {
    id: 'password',
    group: 'Endings',
    title: 'The password is changed',
    text: 'A person changes the password on the phone, while a laptop and a thief with the phone’s cookies are signed in.',
    promise: 'The phone goes on with new tokens. The laptop and the copy are refused.',
  },
] as const satisfies readonly Scene[]

/** The name of a scene, as it stands in the address. */
export type SceneId = (typeof SCENES)[number]['id']

/** The scene of this name, or null. */
export function findScene(id: unknown): (typeof SCENES)[number] | null {
  return SCENES.find((scene) => scene.id === id) ?? null
}
