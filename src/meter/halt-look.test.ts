import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { fromMs } from '../core/time.ts';
import { type HaltLook, type HaltTerms, haltLook } from './halt-look.ts';

type Answers = (path: string) => readonly [status: number, body: object | string];

const TERMS: HaltTerms = {
  ...{ ledger: 'branch:octo/repo', agent: 'fixer', workflow: null },
  ...{ lease: 'lease:7:1:fixer', leasedAt: fromMs(Date.UTC(2026, 10, 21, 12)) },
};

/** Looks so many times at a GitHub that answers like that. */
async function looks(answers: Answers, times: number, terms: HaltTerms = TERMS): Promise<readonly HaltLook[]> {
  const server = createServer((request, response) => {
    const [status, body] = answers(request.url ?? '');
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const look = haltLook({ api: `http://127.0.0.1:${port}`, token: 'x' }, terms);
  const found: HaltLook[] = [];
  for (let i = 0; i < times && look !== null; i++) found.push(await look());
  server.close();
  server.closeAllConnections();
  return found;
}

const GONE: HaltLook = { kind: 'lost', how: 'gone' };
const REWOUND: HaltLook = { kind: 'lost', how: 'rewound' };
const OTHER_BRANCH = [{ ref: 'refs/heads/checkrein-old' }];

describe('a ledger that cannot be found', () => {
  test.each<[string, number, readonly [number, object | string], string | null, object]>([
    ['gone, where GitHub lists no such branch', 404, [200, OTHER_BRANCH], TERMS.lease, GONE],
    ['none, where nothing was ever written', 404, [200, []], null, { kind: 'none' }],
    ['unknown, while GitHub does not answer', 500, [200, []], TERMS.lease, { kind: 'unknown' }],
    [
      'unknown, where GitHub lists it all the same',
      404,
      [200, [{ ref: 'refs/heads/checkrein' }]],
      TERMS.lease,
      { kind: 'unknown' },
    ],
    ['unknown, where the token may not see it any more', 404, [404, {}], TERMS.lease, { kind: 'unknown' }],
    ['unknown, where the list is garbage', 404, [200, '}{'], TERMS.lease, { kind: 'unknown' }],
  ])('is %s', async (_name, status, list, lease, expected) => {
    const answers: Answers = (path) => (path.includes('/matching-refs/') ? list : [status, {}]);
    const [found] = await looks(answers, 1, { ...TERMS, lease });
    expect(found).toMatchObject(expected);
  });
});

/** A branch whose checkpoint changes with each look. */
function branchOf(states: readonly string[]): Answers {
  let look = -1;
  return (path) => {
    if (path.includes('/git/ref/')) {
      look++;
      return [200, { object: { sha: `commit-${look}` } }];
    }
    return path.includes('/events/') ? [404, {}] : fileOf(states[look] ?? '');
  };
}

const fileOf = (text: string): [number, object] => [
  200,
  { encoding: 'base64', content: Buffer.from(text).toString('base64') },
];

function checkpoint(batch: number, lease: string | null = TERMS.lease, halt = 'null'): string {
  const leases = lease === null ? '{}' : JSON.stringify({ [lease]: {} });
  const state = `"state":{"budgets":{"leases":${leases}},"halt":{"generation":1,"halt":${halt}}}`;
  return `{"books":{},"format":9,"head":{"batch":${batch},"hash":"x"},"pages":{},${state}}`;
}

describe('a ledger that stands', () => {
  test.each<[string, readonly string[], readonly object[]]>([
    ['may grow', [checkpoint(3), checkpoint(4)], [{ kind: 'none' }, { kind: 'none' }]],
    ['is rewound where it has fewer batches than before', [checkpoint(4), checkpoint(3)], [{ kind: 'none' }, REWOUND]],
    [
      'is rewound where the lease is not in it any more',
      [checkpoint(4), checkpoint(9, null)],
      [{ kind: 'none' }, REWOUND],
    ],
    [
      'is not rewound any more once it has caught up',
      [checkpoint(4), checkpoint(3), checkpoint(4)],
      [{ kind: 'none' }, REWOUND, { kind: 'none' }],
    ],
    [
      'tells of a stop, whatever became of the rest',
      [checkpoint(4), checkpoint(3, null, '{"scope":{"kind":"all"},"generation":2}')],
      [{ kind: 'none' }, { kind: 'halted', generation: 2 }],
    ],
    ['cannot be judged where its checkpoint cannot be read', ['nonsense'], [{ kind: 'unknown' }]],
  ])('%s', async (_name, states, expected) => {
    expect(await looks(branchOf(states), states.length)).toMatchObject(expected);
  });

  test.each<[string, ReturnType<Answers>, object]>([
    [
      'stands where the start is among the events of its day',
      fileOf(`{"lease":{"id":"${TERMS.lease}"}}\n`),
      { kind: 'none' },
    ],
    ['is rewound where it is not among them', fileOf('{"lease":{"id":"lease:7:1:fixer2"}}\n'), REWOUND],
    ['is rewound where there are none of that day', [404, {}], REWOUND],
    ['cannot be judged while they cannot be read', [502, {}], { kind: 'unknown' }],
  ])('whose checkpoint lags behind the start of the agent %s', async (_name, events, expected) => {
    const branch = branchOf([checkpoint(4, null)]);
    const answers: Answers = (path) =>
      path.includes('/contents/events/2026/11/2026-11-21.ndjson') ? events : branch(path);
    expect(await looks(answers, 1)).toMatchObject([expected]);
  });

  test('is not held to a lease that it was never given', async () => {
    expect(await looks(branchOf([checkpoint(4, null), checkpoint(3, null)]), 2, { ...TERMS, lease: null })).toEqual([
      { kind: 'none' },
      { kind: 'none' },
    ]);
  });
});
