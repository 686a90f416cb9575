import { describe, expect, test } from 'vitest';
import { sessionAbsent, sessionRecorded } from '../../../test/kit/happenings.ts';
import { PLANTED_SECRETS } from '../../../test/kit/secrets.ts';
import type { AgentTerms } from '../../core/agent-terms.ts';
import type { LedgerEvent } from '../../core/event.ts';
import type { DeclaredPowers } from '../../core/judged-workflow.ts';
import { type Session, type SessionDetail, type ToolUse, UNKNOWN_DETAIL } from '../../core/session.ts';
import { MINUTE } from '../../core/time.ts';
import type { Violation } from '../../core/violation.ts';
import { splitToolName, toolUsesOf } from '../sessions/tool-uses.ts';
import { violationsIn } from './judge.ts';

const AT = '2026-11-21T12:00:00.000Z';

interface Wish extends AgentTerms {
  readonly tools?: readonly ToolUse[];
  readonly detail?: Partial<SessionDetail>;
  readonly session?: Partial<Session>;
  readonly declared?: Partial<DeclaredPowers>;
}

function use(tool: string, calls = 1, more: Partial<ToolUse> = {}): ToolUse {
  const [server, name] = tool.includes('/') ? tool.split('/') : [null, tool];
  return { server: server ?? null, tool: name ?? '', calls, errors: 0, latency: null, ...more };
}

function found({ scope, limits, tools = [], detail = {}, session = {}, declared }: Wish): readonly Violation[] {
  const event = sessionRecorded({
    run: 1,
    at: AT,
    more: { tools, detail: { ...UNKNOWN_DETAIL, ...detail }, ...session },
  });
  const configured = [{ name: 'fixer', workflow: '.github/workflows/fixer.yml', scope, limits }];
  const powers = declared === undefined ? null : { tools: null, servers: null, unguarded: [], ...declared };
  const events = violationsIn([event], { configured, declared: () => powers });
  return events.flatMap((one) => (one.kind === 'violation.found' ? [one.data.violation] : []));
}

/** `kind severity: what name amount`, for short expectations. */
function told(wish: Wish): readonly string[] {
  return found(wish).map(({ kind, severity, signs }) => {
    const parts = signs.map(({ what, name, amount }) => `${what} ${name ?? '-'} ${amount}`);
    return `${kind} ${severity}: ${parts.join(', ')}`;
  });
}

const READ_ONLY = { scope: { read_only: true } };

describe('an agent that may change nothing', () => {
  test.each<[string, Wish, readonly string[]]>([
    ['only reads', { tools: [use('Read', 9), use('Grep'), use('github/get_issue')] }, []],
    ['edits', { tools: [use('Edit', 3)] }, ['readOnly critical: write_tool Edit 3']],
    ['edits with Codex', { tools: [use('apply_patch')] }, ['readOnly critical: write_tool apply_patch 1']],
    ['edits with Gemini', { tools: [use('write_file')] }, ['readOnly critical: write_tool write_file 1']],
    ['tries to edit and fails', { tools: [use('Edit', 2, { errors: 2 })] }, []],
    ['uses a shell', { tools: [use('Bash', 4)] }, ['readOnly warning: shell_tool Bash 4']],
    [
      'uses a shell whose command fails',
      { tools: [use('Bash', 1, { errors: 1, errorsByClass: { exit: 1 } })] },
      ['readOnly warning: shell_tool Bash 1'],
    ],
    [
      'is refused a shell',
      {
        tools: [use('Bash', 1, { errors: 1, errorsByClass: { denied: 1 } })],
        detail: { deniedTools: [{ server: null, tool: 'Bash', calls: 1 }] },
      },
      ['readOnly info: denied_tool Bash 1'],
    ],
    [
      'asks the network',
      { tools: [use('WebFetch'), use('playwright/browser_navigate')] },
      ['readOnly warning: network_tool WebFetch 1, network_tool playwright/browser_navigate 1'],
    ],
    [
      'asks the network through a server whose name was split',
      { tools: [use('a/b__browser_navigate')] },
      ['readOnly warning: network_tool a/b__browser_navigate 1'],
    ],
    [
      'merges by a server',
      { tools: [use('github/merge_pull_request')] },
      ['readOnly warning: write_tool github/merge_pull_request 1'],
    ],
    ['only comments', { tools: [use('github/add_issue_comment'), use('github_comment/update_claude_comment')] }, []],
    [
      'changed files',
      { detail: { filesChanged: { count: 2, outside: 0, paths: ['a', 'b'] } } },
      ['readOnly critical: files_changed - 2'],
    ],
  ])('%s', (_name, wish, expected) => {
    expect(told({ ...READ_ONLY, ...wish })).toEqual(expected);
  });

  test('may use the shell that its own list allows, and still not edit', () => {
    const scope = { read_only: true, tools: ['Bash', 'Edit'] };
    expect(told({ scope, tools: [use('Bash', 2), use('Edit')] })).toEqual(['readOnly critical: write_tool Edit 1']);
  });

  test('an agent without such a scope may do all of that', () => {
    expect(told({ tools: [use('Edit', 3), use('Bash'), use('WebFetch')] })).toEqual([]);
  });
});

describe('the scope of an agent', () => {
  test.each<[string, Wish, readonly string[]]>([
    [
      'a tool outside of the list',
      { scope: { tools: ['Read', 'Edit'] }, tools: [use('Read'), use('Bash', 2)] },
      ['scope warning: undeclared_tool Bash 2'],
    ],
    [
      'tools of servers by globs',
      {
        scope: { tools: ['github/get_*', 'mcp__linear__list'] },
        tools: [use('github/get_issue'), use('linear/list'), use('github/push_files')],
      },
      ['scope warning: undeclared_tool github/push_files 1'],
    ],
    [
      'housekeeping needs no list',
      { scope: { tools: ['Read'] }, tools: [use('TodoWrite'), use('Task'), use('Read')] },
      [],
    ],
    [
      'a call that was refused was not made',
      { scope: { tools: ['Read'] }, tools: [use('Bash', 1, { errors: 1, errorsByClass: { denied: 1 } })] },
      [],
    ],
    [
      'a server outside of the list',
      { scope: { mcp_servers: ['github'] }, tools: [use('shady/run', 3), use('github/get')] },
      ['scope warning: undeclared_server shady 3'],
    ],
    [
      'a server that was connected only',
      {
        scope: { mcp_servers: [] },
        detail: {
          servers: [
            { name: 'shady', status: 'connected' },
            { name: 'down', status: 'failed' },
          ],
        },
      },
      ['scope warning: undeclared_server shady 0'],
    ],
    [
      'a file outside of the paths',
      {
        scope: { paths: ['src/**'] },
        detail: { filesChanged: { count: 2, outside: 0, paths: ['src/a.ts', '.github/workflows/x.yml'] } },
      },
      ['scope warning: path_out_of_scope .github/workflows/x.yml 1'],
    ],
    [
      'too many files',
      { scope: { max_files: 2 }, detail: { filesChanged: { count: 3, outside: 0, paths: [] } } },
      ['scope warning: too_many_files - 3'],
    ],
    [
      'a denial',
      { detail: { deniedTools: [{ server: null, tool: 'Bash', calls: 2 }] } },
      ['scope info: denied_tool Bash 2'],
    ],
    ['nobody was asked', { detail: { unguarded: true } }, ['scope info: unguarded - 1']],
    [
      'nobody was asked though there is a list',
      { scope: { tools: ['Read'] }, detail: { unguarded: true } },
      ['scope warning: unguarded - 1'],
    ],
    [
      'the workflow says so',
      { declared: { unguarded: ['--yolo'] }, detail: { unguarded: true } },
      ['scope info: unguarded --yolo 1'],
    ],
    ['nothing is known', {}, []],
  ])('%s', (_name, wish, expected) => {
    expect(told(wish)).toEqual(expected);
  });

  test('a list in the workflow need not name what the engine gives by itself, and the configuration comes before it', () => {
    const declared = { tools: ['Bash', 'mcp__github'] };
    const tools = [
      use('Read'),
      use('Edit'),
      use('Bash'),
      use('github/get'),
      use('github_ci/get_ci_status'),
      use('WebFetch', 2),
    ];
    expect(told({ declared, tools })).toEqual(['scope warning: undeclared_tool WebFetch 2']);
    expect(told({ declared, tools, scope: { tools: ['Read', 'Edit', 'Bash', 'WebFetch', 'github*/*'] } })).toEqual([]);
  });

  describe('with servers whose names do not fit into the name of a tool', () => {
    const called = (...names: readonly string[]): readonly ToolUse[] =>
      toolUsesOf(names.map((name) => ({ ...splitToolName(name), failed: false, latency: null })));
    const connected = (...names: readonly string[]): Partial<SessionDetail> => ({
      servers: names.map((name) => ({ name, status: 'connected' })),
    });

    test.each(['my.server', 'my server', 'my?server', 'my.*'])('finds nothing where %j may be used', (name) => {
      const tools = called('mcp__my_server__get', 'mcp__my_server__list');
      expect(told({ scope: { mcp_servers: [name] }, tools })).toEqual([]);
    });

    test('finds nothing where the session lists it by its own name', () => {
      const wish = { tools: called('mcp__my_server__get'), detail: connected('my.server') };
      expect(told({ scope: { mcp_servers: ['my.server'] }, ...wish })).toEqual([]);
      expect(told({ declared: { servers: ['my.server'] }, ...wish })).toEqual([]);
    });

    test('tells by the list of servers that another one is connected which calls cannot tell apart', () => {
      const wish = { tools: called('mcp__my_server__get', 'mcp__my_server__list'), detail: connected('my_server') };
      expect(told({ scope: { mcp_servers: ['my.server'] }, ...wish })).toEqual([
        'scope warning: undeclared_server my_server 2',
      ]);
    });

    test('takes two underscores in a name for no separator', () => {
      const tools = called('mcp__a__b__get', 'mcp__a__c__get');
      expect(told({ scope: { mcp_servers: ['a__b'] }, tools })).toEqual(['scope warning: undeclared_server a 1']);
    });

    test('finds its tools in a list of tools', () => {
      const tools = called('mcp__my_server__get_x', 'mcp__a__b__get_x', 'mcp__my_server__drop');
      expect(told({ scope: { tools: ['my.server/get_*', 'a__b/*'] }, tools })).toEqual([
        'scope warning: undeclared_tool my_server/drop 1',
      ]);
    });

    test.each(['mcp__a__b__create_issue', 'mcp__a___create_issue', 'mcp__a__b___create_issue'])(
      'tells what changes something by %s',
      (name) => {
        expect(told({ ...READ_ONLY, tools: called(name) })).toHaveLength(1);
      },
    );

    test('lets a read-only agent use the network that its list names', () => {
      const tools = called('mcp__my_server__fetch');
      expect(told({ scope: { read_only: true, tools: ['my.server/fetch'] }, tools })).toEqual([]);
    });

    test.each(['codex', 'gh-aw'] as const)(
      'finds nothing in either form of a name that records of %s have',
      (engine) => {
        const tools = called('mcp__my_server__get', 'mcp__my-server__get');
        expect(told({ scope: { mcp_servers: ['my-server'] }, tools, session: { engine } })).toEqual([]);
        expect(told({ scope: { mcp_servers: ['your-server'] }, tools, session: { engine } })).toHaveLength(1);
      },
    );

    test.each(['gemini', 'copilot'] as const)('compares as written where %s wrote it', (engine) => {
      const tools = called('mcp__my_server__get');
      expect(told({ scope: { mcp_servers: ['my.server'] }, tools, session: { engine } })).toEqual([
        'scope warning: undeclared_server my_server 1',
      ]);
    });
  });

  test('servers that the workflow says are all', () => {
    expect(told({ declared: { servers: ['github'] }, tools: [use('other/x')] })).toEqual([
      'scope warning: undeclared_server other 1',
    ]);
  });
});

describe('the limits of an agent', () => {
  const limits = { usd: 5, tokens: 2_000, turns: 10, minutes: 45 };

  test.each<[string, Partial<Session>, readonly string[]]>([
    ['within all of them', {}, []],
    ['above the money', { cost: { usd: 7, basis: 'billed' } }, ['resource warning: usd - 7']],
    ['twice the money', { cost: { usd: 10, basis: 'billed' } }, ['resource critical: usd - 10']],
    ['of unknown cost', { cost: { usd: null, basis: 'unknown' } }, []],
    ['covered by a plan', { cost: { usd: 0, basis: 'quota' } }, []],
    ['above the turns', { turns: 11 }, ['resource warning: turns - 11']],
    ['too long', { duration: 50 * MINUTE }, ['timeout warning: minutes - 50']],
    ['timed out', { outcome: 'timed_out', duration: null }, ['timeout warning: timed_out - 1']],
  ])('%s', (_name, session, expected) => {
    expect(told({ limits, session })).toEqual(expected);
  });

  test('a run that timed out and left no record is a violation, one that was skipped is none', () => {
    const book = { configured: [], declared: () => null };
    const out = violationsIn([sessionAbsent({ run: 1, at: AT, outcome: 'timed_out' })], book);
    expect(out).toMatchObject([
      { kind: 'violation.found', id: 'violation:absent:1:1:timeout', data: { violation: { kind: 'timeout' } } },
    ]);
    expect(violationsIn([sessionAbsent({ run: 1, at: AT, outcome: 'timed_out', reason: 'skipped' })], book)).toEqual(
      [],
    );
  });
});

describe('the event of a violation', () => {
  test('has an id that follows from the session and the kind, so that it counts once', () => {
    const event = sessionRecorded({ run: 7, at: AT, more: { tools: [use('Edit')] } });
    const configured = [{ name: 'fixer', workflow: '.github/workflows/fixer.yml', ...READ_ONLY }];
    const once = violationsIn([event], { configured, declared: () => null });
    expect(once).toEqual(violationsIn([event], { configured, declared: () => null }));
    expect(once).toMatchObject([
      { id: `violation:${event.id}:readOnly`, at: AT, seen: event.seen, subject: { name: 'fixer' } },
    ]);
  });

  test('finds the terms of an agent by its workflow too, and those of no other', () => {
    const event = sessionRecorded({ run: 7, at: AT, agent: 'renamed', more: { tools: [use('Edit')] } });
    const configured = [{ name: 'fixer', workflow: '.github/workflows/renamed.yml', ...READ_ONLY }];
    expect(violationsIn([event], { configured, declared: () => null })).toHaveLength(1);
    const other = [{ name: 'fixer', workflow: '.github/workflows/fixer.yml', ...READ_ONLY }];
    expect(violationsIn([event], { configured: other, declared: () => null })).toEqual([]);
  });

  test('keeps twenty signs and counts the rest', () => {
    const tools = Array.from({ length: 30 }, (_, n) => use(`tool${n}`));
    expect(found({ scope: { tools: [] }, tools })).toMatchObject([{ moreSigns: 10 }]);
  });

  test.each(PLANTED_SECRETS.map(({ kind, text, core }) => [kind, text, core] as const))(
    'holds no %s, whatever tools and servers are called',
    (_kind, text, core) => {
      const calls = [
        { server: text, tool: text, failed: false, latency: null },
        { server: null, tool: text, failed: false, latency: null },
      ];
      const event: LedgerEvent = sessionRecorded({ run: 1, at: AT, more: { tools: toolUsesOf(calls) } });
      const configured = [{ name: 'fixer', workflow: '', scope: { tools: [], mcp_servers: [] } }];
      const events = violationsIn([event], { configured, declared: () => null });
      expect(events).toHaveLength(1);
      expect(JSON.stringify(events)).not.toContain(core);
    },
  );
});
