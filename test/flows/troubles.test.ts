import { describe, test } from 'vitest';
import type { ActionRun } from '../drivers/run-action.ts';
import type { Fault } from '../fakes/github/faults.ts';
import type { Permissions } from '../fakes/github/world.ts';
import { hasWritten, impatientAbout, type Plot, plantPlot, QUICK_WAITS } from './plot.ts';
import { expectWhole } from './whole.ts';
import { annotations, plain } from './words.ts';

const GRANTED: Permissions = { actions: 'read', contents: 'write', issues: 'write', 'pull-requests': 'read' };

interface Trouble {
  /** Brings the trouble about; answers what the run is to be started with. */
  readonly when: (plot: Plot) => Partial<ActionRun> | undefined;
  readonly exit: 0 | 1;
  readonly status: string;
  /** Each must stand among the annotations and in the job summary; quotes are left out on both sides. */
  readonly says: readonly string[];
  /** Ends the trouble, where disarming the faults does not. */
  readonly ends?: (plot: Plot) => void;
}

function granted(change: Permissions): (plot: Plot) => Partial<ActionRun> {
  const kept = Object.entries({ ...GRANTED, ...change }).filter(([, access]) => access !== undefined);
  return ({ github }) => ({ token: github.mintToken(Object.fromEntries(kept)) });
}

/** Every call that fits goes wrong, each time it is tried. */
function always(fault: Fault, path?: RegExp, method?: string): (plot: Plot) => undefined {
  const which = { ...(path === undefined ? {} : { path }), ...(method === undefined ? {} : { method }) };
  return ({ github }) => {
    github.faults.add({ ...which, times: Number.POSITIVE_INFINITY, fault });
    return undefined;
  };
}

function hangs(path: RegExp): (plot: Plot) => Partial<ActionRun> {
  return (plot) => {
    always({ kind: 'hang' }, path)(plot);
    return { env: impatientAbout(path) };
  };
}

function refuses(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Fault {
  return { kind: 'status', status, headers, body: { message } };
}

/** 22:00 on the evening of the plot, in seconds since 1970. */
const RENEWED = String(Date.parse('2026-11-20T22:00:00Z') / 1000);
const NONE = undefined as unknown as 'read';
const RUNS = /\/workflows\/\d+\/runs$/;
const STORAGE = /^\/artifacts\//;
const NEW_ISSUE = /\/issues$/;
const SLOW_DOWN = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';

const TROUBLES: Readonly<Record<string, Trouble>> = {
  'a token without actions: read leaves the ledger blind, says so in an issue and names the line to add': {
    when: granted({ actions: NONE }),
    exit: 0,
    status: 'degraded',
    says: ['Could not list the workflows: GitHub answered 403', 'Add actions: read to the permissions: block'],
  },
  'a token that only reads contents ends the run and names contents: write': {
    when: granted({ contents: 'read' }),
    exit: 1,
    status: 'unknown',
    says: ['Could not write a list of files', 'Add contents: write to the permissions: block'],
  },
  'a token without contents ends the run and names contents: read': {
    when: granted({ contents: NONE }),
    exit: 1,
    status: 'unknown',
    says: ['Could not read a file of the default branch', 'Add contents: read to the permissions: block'],
  },
  'a token without issues fails the run, shows the alert all the same and names issues: write': {
    when: granted({ issues: NONE }),
    exit: 1,
    status: 'critical',
    says: ['fixer spent $12.00 of $10.00', 'Add issues: write to the permissions: block'],
  },
  'a token that only reads issues fails the run and names issues: write': {
    when: granted({ issues: 'read' }),
    exit: 1,
    status: 'critical',
    says: ['Could not open an issue', 'Add issues: write to the permissions: block'],
  },
  'a token that may nothing ends the run at the first call, as an error': {
    when: ({ github }) => ({ token: github.mintToken({}) }),
    exit: 1,
    status: 'unknown',
    says: ['GitHub answered 403', 'Add contents: read to the permissions: block'],
  },
  'a token that GitHub does not know ends the run and says where to pass one': {
    when: () => ({ token: 'ghs_000000000000000000000000000000000000' }),
    exit: 1,
    status: 'unknown',
    says: ['GitHub answered 401: Bad credentials', 'pass github-token'],
  },
  'a repository that is not there ends the run and says to check the name': {
    when: () => ({ env: { ...QUICK_WAITS, GITHUB_REPOSITORY: 'octo/elsewhere' } }),
    exit: 1,
    status: 'unknown',
    says: ['GitHub answered 404: Not Found', 'Check the name'],
  },
  'a request limit that is used up from the start ends the run and names when it is renewed': {
    when: ({ github }) => {
      github.rates.pool('github_token', 'core').used = 1_000;
      return undefined;
    },
    ends: ({ github }) => {
      github.rates.pool('github_token', 'core').used = 0;
    },
    exit: 1,
    status: 'unknown',
    says: ['request limit for this token is used up until 2026-11-20T21:00:00.000Z'],
  },
  'a request limit that is used up while reading runs keeps what was read': {
    when: always(
      refuses(403, 'API rate limit exceeded', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': RENEWED }),
      RUNS,
    ),
    exit: 0,
    status: 'unknown',
    says: ['used up until 2026-11-20T22:00:00.000Z', 'goes on where this one stopped'],
  },
  'a secondary limit with a long wait is not waited for': {
    when: always(refuses(403, SLOW_DOWN, { 'retry-after': '200' }), NEW_ISSUE, 'POST'),
    exit: 1,
    status: 'critical',
    says: ['GitHub asks to slow down (secondary rate limit) for 200 s', 'The next run goes on'],
  },
  'a secondary limit that comes back after a short wait is left to the next run': {
    when: always(refuses(429, SLOW_DOWN, { 'retry-after': '2' }), NEW_ISSUE, 'POST'),
    exit: 1,
    status: 'critical',
    says: ['GitHub asks to slow down (secondary rate limit) for 2 s'],
  },
  'a secondary limit that names no wait is taken for a minute': {
    when: always(refuses(403, SLOW_DOWN), NEW_ISSUE, 'POST'),
    exit: 1,
    status: 'critical',
    says: ['GitHub asks to slow down (secondary rate limit) for 60 s'],
  },
  'a GitHub that answers 500 to everything ends the run': {
    when: always(refuses(500, 'Server Error')),
    exit: 1,
    status: 'unknown',
    says: ['GitHub answered 500', 'the next run tries again', 'www.githubstatus.com'],
  },
  'a list of runs that answers 502 leaves the status unknown, not healthy': {
    when: always(refuses(502, 'Bad Gateway'), RUNS),
    exit: 0,
    status: 'unknown',
    says: ['the source actions-runs failed', 'GitHub answered 502: Bad Gateway', 'the next run tries again'],
  },
  'a folder of workflows that answers 503 leaves the status unknown': {
    when: always(refuses(503, 'Unavailable'), /contents\/.github%2Fworkflows$/),
    exit: 0,
    status: 'unknown',
    says: ['the source agents failed', 'GitHub answered 503'],
  },
  'a storage host that answers 500 is told, and no cost is made up': {
    when: always(refuses(500, 'InternalError'), STORAGE),
    exit: 0,
    status: 'unknown',
    says: [
      'the source artifacts failed: Could not download an artifact: GitHubs storage answered 500',
      'the next run goes on',
    ],
  },
  'a ledger branch that cannot be written ends the run before any issue is opened': {
    when: always(refuses(500, 'Server Error'), /\/git\/trees$/, 'POST'),
    exit: 1,
    status: 'unknown',
    says: ['Could not write a list of files: GitHub answered 500', 'the next run tries again'],
  },
  'a branch that a ruleset protects is named as such': {
    when: always(refuses(422, 'Repository rule violations found'), /\/git\/refs/),
    exit: 1,
    status: 'unknown',
    says: ['let GitHub Actions write the branch in the ruleset'],
  },
  'a host that cuts every connection ends the run and names the address to check': {
    when: always({ kind: 'reset' }),
    exit: 1,
    status: 'unknown',
    says: ['GitHub could not be reached, the connection was cut', 'check GITHUB_API_URL'],
  },
  'a list of runs that never answers is given up in time': {
    when: hangs(RUNS),
    exit: 0,
    status: 'unknown',
    says: ['the source actions-runs failed', 'it did not answer in time'],
  },
  'a storage host that never answers is given up in time': {
    when: hangs(STORAGE),
    exit: 0,
    status: 'unknown',
    says: ['the source artifacts failed', 'it did not answer in time'],
  },
  'an answer that is cut off is not read as a whole one': {
    when: always({ kind: 'truncated' }, RUNS),
    exit: 0,
    status: 'unknown',
    says: ['the source actions-runs failed', 'the JSON was cut off', 'The next run tries again'],
  },
  'an answer that breaks off is not read as a whole one': {
    when: always({ kind: 'torn' }, RUNS),
    exit: 0,
    status: 'unknown',
    says: ['the source actions-runs failed', 'The next run tries again'],
  },
  'a zip that is cut off on its way is not given up': {
    when: always({ kind: 'truncated' }, STORAGE),
    exit: 0,
    status: 'unknown',
    says: ['its bytes are not those that GitHub lists the digest of', 'The next run tries again'],
  },
  'a zip whose download breaks off is not given up': {
    when: always({ kind: 'torn' }, STORAGE),
    exit: 0,
    status: 'unknown',
    says: ['the source artifacts failed', 'The next run tries again'],
  },
  'issues that are switched off fail the run and say where to switch them on': {
    when: ({ github }) => {
      github.world.repo.hasIssues = false;
      return undefined;
    },
    ends: ({ github }) => {
      github.world.repo.hasIssues = true;
    },
    exit: 1,
    status: 'critical',
    says: ['Issues are switched off in this repository: switch them on in Settings > General > Features'],
  },
  'an issue whose answer was lost is found again and not opened twice': {
    when: ({ github }) => {
      github.faults.add({ method: 'POST', path: NEW_ISSUE, fault: { kind: 'lost' } });
      return undefined;
    },
    exit: 1,
    status: 'critical',
    says: ['Could not open an issue', 'the connection was cut', 'The next run tries again'],
  },
};

describe.concurrent('trouble on the way to GitHub', () => {
  test.for(Object.entries(TROUBLES))('%s', async ([, trouble], { expect }) => {
    await using plot = await plantPlot();
    const met = await plot.watch(trouble.when(plot));
    const told = `${met.stdout}\n${met.summary}`;
    expect(met.stderr).toBe('');
    expect(met.exitCode, told).toBe(trouble.exit);
    expect(met.outputs['status'], told).toBe(trouble.status);
    for (const words of trouble.says) {
      expect(annotations(met)).toContain(words);
      expect(plain(met.summary)).toContain(words);
    }

    // A run that wrote nothing left nothing to heal.
    if (!hasWritten(plot)) return;
    trouble.ends?.(plot);
    const healed = await plot.heal();
    expect(healed.exitCode, healed.stdout).toBe(0);
    await expectWhole(plot, healed);
  });
});
