import { describe, expect, test } from 'vitest';
import { isServerOf, type ServerNaming, spellingsOf, toolOf } from './server-names.ts';
import type { ToolUse } from './session.ts';

/** A call as the readers of sessions and hooks take it apart: at the first `__` after the server. */
function call(name: string): Pick<ToolUse, 'server' | 'tool'> {
  const end = name.indexOf('__', 1);
  return { server: name.slice(0, end), tool: name.slice(end + 2) };
}

describe('a declared server', () => {
  test.each<[declared: string, called: string, naming: ServerNaming, tool: string | null]>([
    ['github', 'github__get', 'exact', 'get'],
    ['GitHub', 'github__get', 'claude', 'get'],
    ['git*', 'github__get', 'claude', 'get'],
    ['my.server', 'my_server__get', 'claude', 'get'],
    ['my server', 'my_server__get', 'claude', 'get'],
    ['plugin:p:s', 'plugin_p_s__get', 'claude', 'get'],
    ['io.github.me/x', 'io_github_me_x__get', 'claude', 'get'],
    ['my.*', 'my_server__get', 'claude', 'get'],
    ['m\u00fcll', 'm_ll__get', 'claude', 'get'],
    // One character outside of the basic plane is two for Claude Code, and so two underscores.
    ['a\u{1f680}', 'a____get', 'claude', 'get'],
    ['a__b', 'a__b__get', 'claude', 'get'],
    ['A__B', 'a__b__get__it', 'claude', 'get__it'],
    ['a. b', 'a__b__get', 'claude', 'get'],
    ['a_', 'a___get', 'claude', 'get'],
    ['my-server', 'my-server__get', 'claude', 'get'],
    ['my-server', 'my_server__get', 'codex', 'get'],
    ['my-server', 'my-server__get', 'codex', 'get'],
    ['a-_b', 'a__b__get', 'codex', 'get'],
  ])('%j is that of %s (%s)', (declared, called, naming, tool) => {
    expect(toolOf(declared, call(called), naming)).toBe(tool);
    expect(isServerOf(declared, call(called), naming)).toBe(true);
  });

  test.each<[declared: string, called: string, naming: ServerNaming]>([
    ['my.server', 'my_server__get', 'exact'],
    ['a__b', 'a__b__get', 'exact'],
    ['my-server', 'my_server__get', 'claude'],
    // What is called is never rewritten: a declared name stands for itself and for its one rewritten form.
    ['my_server', 'my.server__get', 'claude'],
    ['my.server', 'my-server__get', 'claude'],
    ['my.server', 'my_server2__get', 'claude'],
    ['my.server', 'amy_server__get', 'claude'],
    ['a__b', 'a__bc__get', 'claude'],
    ['a__b', 'a__b', 'claude'],
    ['a__b', 'a__b__', 'claude'],
    ['a__b', 'x__a__b__get', 'claude'],
    // A foreign server could give its tools names that end like a declared server.
    ['*__b', 'evil__b__get', 'claude'],
    ['*_ro', 'evil__x_ro__drop', 'claude'],
    ['a__*', 'a__b__get', 'claude'],
    ['a__*', 'a__*__drop', 'claude'],
    ['', 'a__get', 'claude'],
    ['', '___get', 'claude'],
    ['.', 'a__get', 'claude'],
    ['(', '[__get', 'claude'],
  ])('%j is not that of %s (%s)', (declared, called, naming) => {
    expect(toolOf(declared, call(called), naming)).toBeNull();
    expect(isServerOf(declared, call(called), naming)).toBe(false);
  });

  test.each(['exact', 'claude', 'codex'] as const)('is never that of a built-in tool (%s)', (naming) => {
    expect(
      ['*', '**', '', 'Bash'].map((declared) => isServerOf(declared, { server: null, tool: 'Bash' }, naming)),
    ).toEqual(Array(4).fill(false));
  });
});

test('each form of a name is given once', () => {
  expect(spellingsOf('github', 'codex')).toEqual(['github']);
  expect(spellingsOf('my.*', 'claude')).toEqual(['my.*', 'my_*']);
  expect(spellingsOf('a-b.c', 'codex')).toEqual(['a-b.c', 'a-b_c', 'a_b_c']);
  expect(spellingsOf('my.server', 'exact')).toEqual(['my.server']);
});
