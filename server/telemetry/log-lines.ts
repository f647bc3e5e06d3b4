import 'server-only'

type Line = readonly [level: 'debug' | 'info' | 'warn' | 'error' | 'fatal', message: string]

/** The level and message of each event that can be logged. docs/observability.md says what to do about each. */
export const LINES = {
  started: ['info', 'The server is ready'],
  config_warning: ['warn', 'The configuration is probably not what is meant'],
  start_failed: ['fatal', 'The server cannot start'],
  stopping: ['info', 'The server was asked to stop'],
  stopped_short: ['error', 'The time to stop was up, and so many requests were cut'],
  process_ended: ['error', 'A process of this server ended by itself, and is started again'],
  unexpected_error: ['error', 'A bug: the request was answered with 500'],
  unavailable: ['debug', 'A request was answered with 503'],
  database_unavailable: ['error', 'The database does not answer'],
  database_recovered: ['info', 'The database answers again'],
  prune_failed: ['error', 'Pruning failed, and will be tried again'],
  printed_stdout: ['info', 'Next.js or a library printed this'],
  printed_stderr: ['warn', 'Next.js or a library complained of this'],
  spans_lost: ['warn', 'Spans could not be sent'],
  throttled: ['warn', 'A request was refused for being one of too many'],
  sign_in_failed: ['debug', 'A sign-in was refused'],
  refresh_refused: ['info', 'A refresh was refused'],
  invalid_token: ['debug', 'A refresh was asked for with a token that is none'],
  signed_in: ['debug', 'A session began'],
  ended: ['debug', 'A session was ended'],
  password_changed: ['debug', 'A password was changed'],
  alert_dismissed: ['debug', 'An alert was dismissed'],
  reuse_detected: ['warn', 'A copied refresh token was used: its session was ended'],
  stale_challenged: ['info', 'A replaced refresh token was sent back to its cookie jar'],
  replaced_token_refused: ['info', 'A replaced refresh token was refused'],
  reissued: ['info', 'A refresh token was issued again, as its answer had been lost'],
  state_regression: ['warn', 'The database had lost a rotation: the newer token was adopted'],
} as const satisfies Record<string, Line>

/** The name of a line, by which the log is searched. */
export type LogEvent = keyof typeof LINES
