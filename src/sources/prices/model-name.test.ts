import { describe, expect, test } from 'vitest';
import { bareModel } from './model-name.ts';

describe('the bare name of a model', () => {
  test.each([
    'claude-sonnet-4-5',
    'claude-sonnet-4.5',
    'claude-sonnet-4-5-20250929',
    'claude-sonnet-4-5@20250929',
    'claude-sonnet-4-5-latest',
    'claude-sonnet-4-5[1m]',
    'claude-sonnet-4-5-20250929[1m]',
    'Claude-Sonnet-4-5',
    'anthropic/claude-sonnet-4.5',
    'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'global.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'publishers/anthropic/models/claude-sonnet-4-5@20250929',
  ])('%s is one spelling of one model', (spelling) => {
    expect(bareModel(spelling)).toBe('claude-sonnet-4-5');
  });

  test.each([
    'claude-sonnet-4',
    'claude-sonnet-4-5-5',
    'claude-sonnet-4-5-fast',
    'claude-sonnet-45',
    'claude-sonnet-4-6',
  ])('%s is another model', (other) => {
    expect(bareModel(other)).not.toBe('claude-sonnet-4-5');
  });

  test('what is too long to be a name has none', () => {
    expect(bareModel('claude'.repeat(1_000))).toBe('');
  });
});
