import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Certificate } from '@/testing/kit/proxy'
import { ended } from '../server/process'

const NGINX = '/usr/sbin/nginx'
const READY_WITHIN_MS = 120_000
const CONTRACTS_FILE = 'deploy/nginx-contracts.conf'

/** Names the machine that answered; several, separated by commas, if nginx tried more than one. */
export const MACHINE_HEADER = 'x-machine'

export interface NginxOptions {
  /** Ports of the servers that nginx asks in turn, without sticky sessions. */
  readonly machines: readonly number[]
  readonly tlsPort: number
  /** The port without TLS, for programs and for middleware's refreshes. */
  readonly plainPort: number
  readonly certificate: Certificate
  /** More lines for the `http` block. */
  readonly extras?: string
}

/** A real nginx that terminates TLS and balances round robin. */
export interface Nginx {
  /** Sends new requests to these machines. Other machines finish the requests that they have. */
  balance(machines: readonly number[]): Promise<void>
  /** The content of nginx's error log. */
  complaints(): Promise<string>
  close(): Promise<void>
}

export async function startNginx(options: NginxOptions): Promise<Nginx> {
  const { key, cert } = options.certificate
  const configure = (machines: readonly number[]) => configuration({ ...options, machines })
  const { reload, ...nginx } = await launch(configure(options.machines), options.plainPort, {
    'tls.key': key,
    'tls.crt': cert,
  })
  return { ...nginx, balance: (machines) => reload(configure(machines)) }
}

/** Where nginx listens, and the ports of the servers behind it. */
export interface ContractsNginxOptions {
  readonly port: number
  readonly pages: number
  readonly contracts: number
}

/**
 * Starts nginx with the documented file for two servers, `deploy/nginx-contracts.conf`. Only its addresses are changed, and its
 * TLS is left out.
 */
export async function startContractsNginx(
  options: ContractsNginxOptions,
): Promise<Pick<Nginx, 'complaints' | 'close'>> {
  const { reload: _, ...nginx } = await launch(await contractsConfiguration(options), options.port)
  return nginx
}

async function contractsConfiguration({ port, pages, contracts }: ContractsNginxOptions) {
  let text = await readFile(CONTRACTS_FILE, 'utf8')
  for (const [documented, here] of [
    ['server 127.0.0.1:3000;', `server 127.0.0.1:${pages};`],
    ['server 127.0.0.1:3001;', `server 127.0.0.1:${contracts};`],
    ['listen 443 ssl;', `listen 127.0.0.1:${port};`],
    ['ssl_certificate /etc/ssl/app.example.crt;', ''],
    ['ssl_certificate_key /etc/ssl/app.example.key;', ''],
  ] as const) {
    if (!text.includes(documented)) throw new Error(`${CONTRACTS_FILE} has no ${documented}`)
    text = text.replace(documented, here)
  }
  return wholeConfiguration(text)
}

interface Launched extends Pick<Nginx, 'complaints' | 'close'> {
  /** Replaces the configuration. Resolves once the old workers are done. */
  reload(text: string): Promise<void>
}

/** Starts nginx with a configuration and the files that it names. Resolves once it listens on `port`. */
async function launch(
  text: string,
  port: number,
  files: Readonly<Record<string, string>> = {},
): Promise<Launched> {
  const directory = await mkdtemp(join(tmpdir(), 'rekindle-nginx-'))
  // The workers may run as another user.
  await chmod(directory, 0o755)
  const configure = (changed: string) => writeFile(join(directory, 'nginx.conf'), changed)
  await Promise.all([
    ...Object.entries(files).map(([name, content]) =>
      writeFile(join(directory, name), content, { mode: 0o600 }),
    ),
    configure(text),
  ])
  const child = spawn(NGINX, ['-p', directory, '-c', 'nginx.conf', '-e', 'error.log'], {
    detached: true,
    stdio: 'ignore',
  })
  const started = Promise.race([
    once(child, 'spawn'),
    once(child, 'error').then(() => {
      throw new Error('There is no nginx: apt-get install nginx')
    }),
  ])
  const endWithUs = () => endGroup(child.pid)
  process.once('exit', endWithUs)
  const complaints = () => readFile(join(directory, 'error.log'), 'utf8').catch(() => '')
  const close = async () => {
    process.off('exit', endWithUs)
    await ended(child, () => endGroup(child.pid))
    await rm(directory, { recursive: true, force: true })
  }
  try {
    await started
    await untilOpen(port)
  } catch (cause) {
    const said = await complaints()
    await close()
    throw new Error(`nginx did not start\n${said}`, { cause })
  }
  return {
    async reload(changed) {
      const before = await workersOf(child.pid)
      await configure(changed)
      child.kill('SIGHUP')
      const deadline = Date.now() + READY_WITHIN_MS
      // An old worker ends when its last request is done.
      while ((await workersOf(child.pid)).some((worker) => before.includes(worker))) {
        if (Date.now() > deadline) throw new Error(`nginx did not reload\n${await complaints()}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    complaints,
    close,
  }
}

async function workersOf(pid: number | undefined): Promise<string[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return children.trim().split(' ')
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // The group has ended already.
  }
}

async function untilOpen(port: number): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isOpen) return
    if (Date.now() > deadline) throw new Error(`Nothing listens on port ${port}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function configuration({ machines, tlsPort, plainPort, extras = '' }: NginxOptions): string {
  const upstream = machines
    .map((port) => `server 127.0.0.1:${port} max_fails=1 fail_timeout=1s;`)
    .join('\n    ')
  return wholeConfiguration(`
  upstream machines {
    ${upstream}
    keepalive 64;
    # Shorter than Node's five seconds: otherwise Node may close a connection on which nginx is sending.
    keepalive_timeout 4s;
  }
  proxy_http_version 1.1;
  proxy_set_header Connection '';
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_connect_timeout 30s;
  proxy_read_timeout 300s;
  add_header ${MACHINE_HEADER} $upstream_addr always;
  ${extras}

  server {
    listen 127.0.0.1:${tlsPort} ssl;
    listen 127.0.0.1:${plainPort};
    ssl_certificate tls.crt;
    ssl_certificate_key tls.key;
    location / { proxy_pass http://machines; }
    # Asking for a refresh twice is harmless, so nginx may try the next machine.
    location = /api/auth/refresh {
      proxy_pass http://machines;
      proxy_next_upstream error timeout non_idempotent;
    }
  }
`)
}

/** A configuration with this content of its `http` block, whose files all lie in nginx's own folder. */
function wholeConfiguration(http: string): string {
  return `
daemon off;
worker_processes 1;
pid nginx.pid;
error_log error.log warn;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 8192; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  ${http}
}
`
}
