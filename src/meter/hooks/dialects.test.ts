import { describe, expect, test } from 'vitest';
import { DIALECTS } from './dialects.ts';
import { engineAsking, hookAddress, hookedEngines } from './engines.ts';

describe('a question', () => {
  // As Codex 0.169, the Gemini CLI 0.61 and Copilot 1.0.102 were seen to ask, with other paths and ids.
  test('of Codex names its tool as Claude Code does', () => {
    const asked = {
      ...{ session_id: 's', turn_id: 't', transcript_path: '/h/.codex/sessions/r.jsonl', cwd: '/w' },
      ...{ hook_event_name: 'PreToolUse', model: 'gpt-5.5', permission_mode: 'bypassPermissions' },
      ...{ tool_name: 'Bash', tool_input: { command: 'make' }, tool_use_id: 'c1' },
    };
    expect(DIALECTS.codex.read(asked)).toEqual({
      ...{ session: 's ', cwd: '/w', names: [{ server: null, tool: 'Bash' }], input: { command: 'make' } },
      transcript: '/h/.codex/sessions/r.jsonl',
    });
  });

  test.each([
    [{ tool_name: 'mcp_a_b_c', mcp_context: { server_name: 'a_b', tool_name: 'c' } }, [{ server: 'a_b', tool: 'c' }]],
    [{ tool_name: 'mcp_a_b_c' }, [{ server: 'a', tool: 'b_c' }]],
    [{ tool_name: 'read_file' }, [{ server: null, tool: 'read_file' }]],
    [{}, [{ server: null, tool: '' }]],
  ])('of the Gemini CLI, %j, is read as %j', (asked, names) => {
    expect(DIALECTS.gemini.read(asked)).toMatchObject({ names, cwd: null, transcript: null });
  });

  test.each([
    [{ toolName: 'bash', toolArgs: { command: 'make' } }, [{ server: null, tool: 'bash' }], { command: 'make' }],
    [{ toolName: 'edit', toolArgs: '{"path":"a"}' }, [{ server: null, tool: 'edit' }], { path: 'a' }],
    [
      { toolName: 'a-b-c', toolArgs: 7 },
      [
        { server: 'a', tool: 'b-c' },
        { server: 'a-b', tool: 'c' },
      ],
      7,
    ],
    [{ toolName: null, toolArgs: null }, [{ server: null, tool: '' }], null],
  ])('of Copilot, %j, is read as %j', (asked, names, input) => {
    expect(DIALECTS.copilot.read(asked)).toMatchObject({ names, input });
  });
});

describe('an answer', () => {
  test('to Codex never says that it is to end, which it takes for a mistake and passes by', () => {
    expect(DIALECTS.codex.dismiss).toBeNull();
    expect(DIALECTS.codex.deny('no')).toEqual({
      hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'deny', permissionDecisionReason: 'no' },
    });
  });

  test('to each engine has the form that it reads', () => {
    expect(DIALECTS.gemini.deny('no')).toEqual({ decision: 'deny', reason: 'no' });
    expect(DIALECTS.gemini.dismiss?.('no')).toMatchObject({ continue: false, stopReason: 'no' });
    expect(DIALECTS.copilot.deny('no')).toEqual({ permissionDecision: 'deny', permissionDecisionReason: 'no' });
    expect(DIALECTS.claude.dismiss?.('no')).toMatchObject({ continue: false, stopReason: 'no' });
  });
});

describe('the address of a hook', () => {
  test.each(hookedEngines(null))('of %s tells who asks', (engine) => {
    const address = hookAddress(engine, { port: 1, key: 'k' });
    expect(engineAsking(address.replace('http://127.0.0.1:1/k/', ''))).toBe(engine);
  });

  test.each(['hook/', 'hook/vim', 'otlp/v1/logs', 'end', ''])('is not %j', (path) => {
    expect(engineAsking(path)).toBeNull();
  });
});
