import { describe, expect, test } from 'vitest';
import { splitToolName } from '../sources/sessions/tool-uses.ts';
import { type AskedCall, type Place, refusalOf } from './call-judge.ts';

const inside = (path: string): Place => ({ kind: 'inside', path });
const outside = (path: string, own = false): Place => ({ kind: 'outside', path, own });

function call(name: string, ...places: readonly Place[]): AskedCall {
  const [server, tool] = name.includes('/') ? name.split('/') : [null, name];
  return { server: server ?? null, tool: tool ?? '', naming: 'exact', places };
}

/** A call by the name that Claude Code or Codex gives to a tool of a server. */
function joined(naming: 'claude' | 'codex', name: string): AskedCall {
  return { ...splitToolName(name), naming, places: [] };
}

describe('a call that is asked about', () => {
  test.each<[string, AskedCall, Parameters<typeof refusalOf>[1], object | null]>([
    ['an edit where nothing is said', call('Edit', inside('a.ts')), {}, null],
    ['an edit inside of the paths', call('Edit', inside('src/a.ts')), { paths: ['src/**'] }, null],
    [
      'an edit outside of them',
      call('Write', inside('b.ts')),
      { paths: ['src/**'] },
      { because: 'scope', path: 'b.ts' },
    ],
    ['an edit elsewhere', call('Edit', outside('/etc/x')), { paths: ['src/**'] }, { because: 'scope', path: '/etc/x' }],
    ['an edit elsewhere where no paths are set', call('Edit', outside('/tmp/x')), {}, null],
    ['an edit of what holds it back', call('Write', outside('/t/report', true)), {}, { because: 'scope' }],
    ['reading outside of the paths', call('Read', inside('b.ts')), { paths: ['src/**'] }, null],
    [
      'a tool of the engine that writes it knows where',
      call('apply_patch'),
      { paths: ['src/**'] },
      { because: 'scope' },
    ],
    ['a server that writes no file', call('github/create_issue'), { paths: ['src/**'] }, null],
    ['a server that writes a file outside', call('fs/write_file', inside('b')), { paths: ['src/**'] }, { path: 'b' }],
    ['reading by one that may change nothing', call('Read', inside('a')), { read_only: true }, null],
    [
      'an edit by one that may change nothing',
      call('Edit', inside('a')),
      { read_only: true },
      { because: 'read_only' },
    ],
    ['a shell of one that may change nothing', call('Bash'), { read_only: true }, { because: 'read_only' }],
    ['a shell that its list allows', call('Bash'), { read_only: true, tools: ['Bash'] }, null],
    ['an edit that its list allows', call('Edit'), { read_only: true, tools: ['Edit'] }, { because: 'read_only' }],
    ['the network', call('WebFetch'), { read_only: true }, null],
    ['a comment', call('github/add_issue_comment'), { read_only: true }, null],
    ['a merge', call('github/merge_pull_request'), { read_only: true }, { because: 'read_only' }],
    ['a tool that no list names', call('Bash'), { tools: ['Read'] }, { because: 'scope', path: null }],
    ['keeping notes', call('TodoWrite'), { tools: ['Read'] }, null],
    ['a server that no list names', call('shady/look'), { mcp_servers: ['github'] }, { because: 'scope' }],
    ['a call without a name', call(''), { paths: ['src/**'] }, null],
  ])('%s', (_name, asked, scope, expected) => {
    const found = refusalOf(asked, scope, null);
    if (expected === null) expect(found).toBeNull();
    else expect(found).toMatchObject(expected);
  });

  // Claude Code rewrites each character outside of [a-zA-Z0-9_-], Codex hyphens too (`sanitize_responses_api_tool_name`).
  test.each<[AskedCall, Parameters<typeof refusalOf>[1], object | null]>([
    [joined('claude', 'mcp__my_server__get'), { mcp_servers: ['my.server'] }, null],
    [joined('claude', 'mcp__my_server__get'), { mcp_servers: ['my server'] }, null],
    [joined('claude', 'mcp__a__b__get'), { mcp_servers: ['a__b'] }, null],
    [joined('claude', 'mcp__a__c__get'), { mcp_servers: ['a__b'] }, { because: 'scope' }],
    [joined('claude', 'mcp__a__get'), { mcp_servers: ['a__b'] }, { because: 'scope' }],
    [joined('claude', 'mcp__other__get'), { mcp_servers: ['my.server'] }, { because: 'scope' }],
    [joined('claude', 'mcp__my_server__get'), { tools: ['my.server/get'] }, null],
    [joined('claude', 'mcp__my_server__drop'), { tools: ['my.server/get'] }, { because: 'scope' }],
    [joined('codex', 'mcp__github_mcp__get'), { mcp_servers: ['github-mcp'] }, null],
    [joined('codex', 'mcp__github-mcp__get'), { mcp_servers: ['github-mcp'] }, null],
    [joined('claude', 'mcp__github_mcp__get'), { mcp_servers: ['github-mcp'] }, { because: 'scope' }],
    [call('my_server/get'), { mcp_servers: ['my.server'] }, { because: 'scope' }],
    [call('a/b__get'), { mcp_servers: ['a__b'] }, { because: 'scope' }],
  ])('%j within %j is judged by the name that the engine gives to a server', (asked, scope, expected) => {
    const found = refusalOf(asked, scope, null);
    if (expected === null) expect(found).toBeNull();
    else expect(found).toMatchObject(expected);
  });

  test.each(['halt', 'limit'] as const)('is refused whatever it is under a %s', (stop) => {
    expect(refusalOf(call('Read'), {}, stop)).toEqual({ because: stop, path: null });
  });
});
