import { expect, test } from 'vitest';
import { geminiToolName } from './tool-names.ts';

test.each([
  ['mcp_github_create_issue', null, 'github', 'create_issue'],
  ['mcp__git_hub__create_issue', null, 'git_hub', 'create_issue'],
  ['git_hub__create_issue', null, 'git_hub', 'create_issue'],
  ['create_issue', 'create_issue (github MCP Server)', 'github', 'create_issue'],
  ['run_shell_command', 'Shell', null, 'run_shell_command'],
  ['mcp_github_a_name_that_was___cut', null, null, 'mcp_github_a_name_that_was___cut'],
])('%s shown as %s is of server %s and tool %s', (name, shownAs, server, tool) => {
  expect(geminiToolName(name, shownAs)).toEqual({ server, tool });
});

test('a call without a name has none', () => {
  expect(geminiToolName(null, 'x (y MCP Server)')).toEqual({ server: null, tool: null });
});
