import { describe, expect, it } from 'vitest'
import type { Environment } from './edge'
import { VARIABLES } from './schema'
import { configWarnings } from './warnings'

const named = (env: Environment) => configWarnings(env).map((warning) => warning.split(' ', 1)[0])

describe('an origin without TLS', () => {
  it.each([
    'http://app.example',
    'http://192.168.0.2:3000',
    'http://0.0.0.0:3000',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
  ])('causes a warning: %s', (origin) => {
    expect(configWarnings({ APP_ORIGIN: origin })).toEqual([
      `APP_ORIGIN has ${origin}, which is not encrypted: others on the network can read passwords and take over sessions. Use https://`,
    ])
    expect(named({ CORS_ORIGINS: `https://a.example,${origin}` })).toEqual(['CORS_ORIGINS'])
  })

  it.each([
    ...['http://localhost:3000', 'http://app.localhost', 'http://127.0.0.1:8080', 'http://[::1]'],
    ...['https://app.example', 'nonsense', 'http://', ''],
  ])('causes no warning if it is https, loopback or invalid: %s', (origin) => {
    expect(configWarnings({ APP_ORIGIN: origin, CORS_ORIGINS: origin })).toEqual([])
  })
})

it('TESTING causes a warning while it is on', () => {
  expect(configWarnings({ TESTING: '1' })).toEqual([expect.stringMatching(/^TESTING is on: any/)])
  expect([{}, { TESTING: '' }, { TESTING: '0' }].flatMap(configWarnings)).toEqual([])
})

describe('a variable that looks like a known one', () => {
  it.each([
    ['ACCESS_TOKEN_TLL', 'ACCESS_TOKEN_TTL'],
    ['ACCESS_TOKEN_TTl', 'ACCESS_TOKEN_TTL'],
    ['ACESS_TOKEN_TTL', 'ACCESS_TOKEN_TTL'],
    ['ACCESS_TOKENS_TTL', 'ACCESS_TOKEN_TTL'],
    ['REFRESH_TOKEN_SECRTE', 'REFRESH_TOKEN_SECRET'],
    ['APP_ORIGN', 'APP_ORIGIN'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['database_url', 'DATABASE_URL'],
    ['TRUSTED_PROXY_HOP', 'TRUSTED_PROXY_HOPS'],
    ['SIGNIN_LIMIT', 'SIGN_IN_LIMIT'],
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
  ])('is reported with the likely name, and without its value: %s', (name, likely) => {
    expect(configWarnings({ [name]: 'a-value' })).toEqual([
      `${name} is not known, and was not read: did you mean ${likely}?`,
    ])
  })

  it('is taken for another program’s if the real one is set', () => {
    expect(named({ DATABASE_URI: 'x', DATABASE_URL: 'file:x.db' })).toEqual([])
    expect(named({ DATABASE_URI: 'x', DATABASE_URL: '' })).toEqual(['DATABASE_URI'])
  })

  it('is not itself a known variable', () => {
    expect(named(Object.fromEntries(VARIABLES.map((name) => [name, ''])))).toEqual([])
  })

  it('is not a variable of a platform, a shell or a library', () => {
    const foreign = `PATH HOME PWD OLDPWD SHELL SHLVL TERM USER LOGNAME LANG LC_ALL EDITOR HOSTNAME HOSTTYPE DISPLAY COLORTERM
      XDG_SESSION_ID XDG_SESSION_TYPE XDG_RUNTIME_DIR SESSION_MANAGER SSH_AUTH_SOCK TERM_SESSION_ID DBUS_SESSION_BUS_ADDRESS
      NODE_ENV NODE_OPTIONS NODE_VERSION NEXT_RUNTIME NEXT_TELEMETRY_DISABLED NEXT_DEPLOYMENT_ID TURBOPACK INIT_CWD
      npm_config_cache npm_lifecycle_event npm_package_version CI GITHUB_TOKEN GITHUB_ACTIONS PORTS POST PROT
      VERCEL VERCEL_ENV VERCEL_URL VERCEL_REGION VERCEL_BRANCH_URL VERCEL_PROJECT_PRODUCTION_URL VERCEL_AUTOMATION_BYPASS
      AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_REGION LAMBDA_TASK_ROOT KUBERNETES_SERVICE_HOST
      RAILWAY_ENVIRONMENT RENDER_EXTERNAL_URL FLY_APP_NAME DYNO INVOCATION_ID JOURNAL_STREAM NOTIFY_SOCKET CREDENTIALS_DIRECTORY
      POSTGRES_URL POSTGRES_PASSWORD POSTGRES_URL_NON_POOLING DATABASE_URL_UNPOOLED DATABASE_HOST DATABASE_NAME DATABASE_PASSWORD
      PGHOST PGUSER PGPASSWORD PGDATABASE REDIS_URL SENTRY_AUTH_TOKEN AUTH_SECRET NEXTAUTH_SECRET NEXTAUTH_URL SESSION_SECRET
      ACCESS_TOKEN REFRESH_TOKEN LOG_FORMAT OTEL_BLRP_SCHEDULE_DELAY OTEL_EXPORTER_OTLP_METRICS_PROTOCOL
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT OTEL_EXPORTER_OTLP_HEADERS OTEL_METRICS_EXPORTER OTEL_RESOURCE_ATTRIBUTES`
    expect(named(Object.fromEntries(foreign.split(/\s+/).map((name) => [name, 'x'])))).toEqual([])
    expect(named(process.env).filter((name) => !name?.startsWith('DATABASE'))).toEqual([])
  })
})
