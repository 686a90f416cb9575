import { describe, expect, test } from 'vitest';
import type { Instant } from '../core/time.ts';
import { type AuthorFacts, authorise, type Circumstances, type CommentFacts, refusedAtSight } from './authorise.ts';
import { readComment } from './parse.ts';

const WRITTEN: Instant = '2026-11-20T12:00:00.000Z';
const facts: CommentFacts = {
  comment: 7,
  action: 'created',
  author: { id: 1, login: 'ana', type: 'User' },
  app: null,
  createdAt: WRITTEN,
  updatedAt: WRITTEN,
};
const around: Circumstances = {
  now: '2026-11-20T12:01:00.000Z',
  leads: [],
  machines: [],
  isAnswered: () => false,
  halt: { generation: 2, at: '2026-11-20T11:00:00.000Z' },
  resumedAt: '2026-11-20T10:00:00.000Z',
};
const clean = { edited: false, minimized: false };

function author(permission: 'admin' | 'write' | 'read' | 'none', role: string = permission): AuthorFacts {
  return { role: { kind: 'role', permission, role }, history: clean };
}

function verdict(
  body: string,
  who: AuthorFacts,
  comment: Partial<CommentFacts> = {},
  more: Partial<Circumstances> = {},
) {
  const reading = readComment(body);
  if (reading.kind === 'none') throw new Error('the test wants a command');
  return authorise({ ...facts, ...comment }, who, reading, { ...around, ...more });
}

describe('who may give a command', () => {
  test.each([
    ['status', author('write')],
    ['stop', author('write')],
    ['ack', author('write')],
    ['silence', author('write')],
    ['silence name=high_* for 2h', author('write', 'maintain')],
    ['resume', author('write', 'maintain')],
    ['resume', author('admin')],
    ['approve abc', author('admin')],
  ])('%s is allowed for those with its role', (command, who) => {
    expect(verdict(`/checkrein ${command}`, who)).toMatchObject({ kind: 'allowed', by: facts.author });
  });

  test('a machine user that may write can stop, and is told nothing about any other command', () => {
    const machines = { machines: ['ana'] };
    const lead = author('admin');
    expect(verdict('/checkrein stop', lead, {}, machines)).toMatchObject({ kind: 'allowed' });
    expect(verdict('/checkrein stop', author('read'), {}, machines)).toMatchObject({ reason: 'needs_write' });
    for (const command of ['approve 0123456789ab', 'resume', 'status', 'nonsense']) {
      expect(verdict(`/checkrein ${command}`, lead, {}, machines)).toMatchObject({ reason: 'bot', voice: 'silent' });
    }
  });

  test.each([
    ['a stranger', 'status', author('none'), 'stranger'],
    ['a reader, whom everybody is in a public repository,', 'help', author('read'), 'needs_write'],
    ['a reader who stops', 'stop', author('read'), 'needs_write'],
    ['a writer who resumes', 'resume', author('write'), 'needs_lead'],
    ['a writer who silences by labels', 'silence name=high_*', author('write'), 'needs_lead'],
    ['a writer who ends such a silence', 'unsilence name=high_*', author('write'), 'needs_lead'],
    ['somebody whose role is unknown', 'stop', { role: { kind: 'failed' }, history: clean } as const, 'role_unknown'],
    ['an edited comment', 'stop', { ...author('admin'), history: { edited: true, minimized: false } }, 'edited'],
    ['a hidden comment', 'stop', { ...author('admin'), history: { edited: false, minimized: true } }, 'minimized'],
    ['an unknown history', 'stop', { ...author('admin'), history: null }, 'history_unknown'],
  ])('%s is refused', (_who, command, who, reason) => {
    expect(verdict(`/checkrein ${command}`, who)).toMatchObject({ kind: 'refused', reason });
  });

  test('an admin who is not on the list of leads may not resume, and one who is may', () => {
    expect(verdict('/checkrein resume', author('admin'), {}, { leads: ['bo'] })).toMatchObject({
      reason: 'needs_lead',
    });
    expect(verdict('/checkrein resume', author('admin'), {}, { leads: ['Ana'] })).toMatchObject({ kind: 'allowed' });
  });

  test.each([
    ['a bot', { author: { id: 2, login: 'x[bot]', type: 'Bot' } }, 'bot'],
    ['an app in the name of a person', { app: 'some-app' }, 'app'],
    ['nobody', { author: null }, 'unknown_author'],
    ['an edit', { action: 'edited' }, 'not_created'],
    ['a comment of two days ago', { createdAt: '2026-11-18T12:00:00.000Z' }, 'too_old'],
  ] as const)('%s is refused before anybody is asked', (_who, comment, reason) => {
    expect(refusedAtSight({ ...facts, ...comment }, around)).toMatchObject({ reason });
  });

  test('a comment counts once', () => {
    expect(refusedAtSight(facts, { ...around, isAnswered: (id) => id === 7 })).toMatchObject({ reason: 'replayed' });
  });

  test('a comment that changed after it was written is an edited one, also when its history says nothing', () => {
    const updatedAt = '2026-11-20T12:00:30.000Z';
    expect(verdict('/checkrein stop', author('admin'), { updatedAt })).toMatchObject({ reason: 'edited' });
  });

  test.each([
    ['names another stop', '/checkrein resume @1', {}, 'stale_generation'],
    [
      'was written before the stop in force',
      '/checkrein resume',
      { halt: { generation: 3, at: '2026-11-20T12:00:01.000Z' } },
      'stale_generation',
    ],
    ['meets no stop', '/checkrein resume', { halt: null }, 'no_halt'],
  ] as const)('a resume that %s is refused', (_what, body, more, reason) => {
    expect(verdict(body, author('admin'), {}, more)).toMatchObject({ kind: 'refused', reason });
  });

  test('a stop that was written before agents were resumed is refused, so that one looked at late undoes nothing', () => {
    const late = { resumedAt: '2026-11-20T12:00:20.000Z' };
    const found = { action: null };
    expect(verdict('/checkrein stop', author('write'), found, late)).toMatchObject({ reason: 'stale_generation' });
    const before = { resumedAt: '2026-11-20T12:00:00.900Z' };
    expect(verdict('/checkrein stop', author('write'), found, before)).toMatchObject({ kind: 'allowed' });
    // What GitHub has just told of is meant for now: to stop must be the easy side.
    const told = { action: 'created' };
    expect(verdict('/checkrein stop', author('write'), told, late)).toMatchObject({ kind: 'allowed' });
  });
});
