import { describe, expect, inject, test, vi } from 'vitest';
import { HOUR, MINUTE, after as plus, SECOND } from '../../src/core/time.ts';
import type { ActionResult } from '../drivers/run-action.ts';
import { makeDatabase } from '../postgres/database.ts';
import { freePort } from '../postgres/server.ts';
import { sideBySide } from './side-by-side.ts';
import { NEXT_DAY, NIGHT, plantTown, type Town } from './town.ts';

/** The fixer, which may change nothing, edits and fails eleven times at $4 each; a server that the scout asks does not answer. */
function goWrong(town: Town): void {
  town.clock.now = NIGHT;
  town.work('fixer', plus(NIGHT, -20 * MINUTE), 11, { usd: 4, tool: 'Edit', subtype: 'error_during_execution' });
  town.work('scout', plus(NIGHT, -20 * MINUTE), 1, { tool: 'mcp__github__get_issue', toolFails: true });
}

/** A new day, on which all goes well: the server answers twelve times. */
function goWell(town: Town): void {
  town.clock.now = NEXT_DAY;
  town.work('scout', plus(NEXT_DAY, -15 * MINUTE), 12, { tool: 'mcp__github__get_issue' });
}

/** As many runs at once as a busy hour brings. */
async function watchThrice(town: Town): Promise<void> {
  for (const { exitCode, stdout } of await Promise.all([town.watch(), town.watch(), town.watch()]))
    expect(exitCode, stdout).toBe(0);
}

async function watchOnce(town: Town): Promise<ActionResult> {
  const ran = await town.watch();
  expect(ran.exitCode, ran.stdout).toBe(0);
  return ran;
}

/** Critical rules that wait for at most five minutes, which the times of the records show to be over. */
const PAGES = [
  'mail security Critical safety_violation_critical',
  'pagerduty triggered autonomous_session_failure_spike',
  'pagerduty triggered safety_violation_critical',
  'slack Critical autonomous_session_failure_spike',
  'slack Critical safety_violation_critical',
];
const PAGES_OVER = [
  'mail security Critical safety_violation_critical',
  'mail security Over safety_violation_critical',
  'pagerduty resolved autonomous_session_failure_spike',
  'pagerduty resolved safety_violation_critical',
  'slack Critical autonomous_session_failure_spike',
  'slack Critical safety_violation_critical',
  'slack Over autonomous_session_failure_spike',
  'slack Over safety_violation_critical',
];
const EVENTS = ['chat Note improvement_deployed', 'teams Note analysis_complete'];

describe("the mission's rules over two days, with three runs at once and hours between them", () => {
  test('fire and end as they are written, and every receiver is told once of each', { timeout: 180_000 }, async () => {
    await using town = await plantTown();
    await watchThrice(town);
    expect(town.told()).toEqual([]);

    goWrong(town);
    await town.record('improvement_deployed');
    await town.record('analysis_session_complete');
    await watchThrice(town);
    // The cost has been too high for less than its ten minutes; the server has to be seen for a quarter of an hour.
    expect(town.told()).toEqual([...PAGES, ...EVENTS].sort());

    town.clock.now = plus(NIGHT, 16 * MINUTE);
    await watchThrice(town);
    const slow = [
      'bot Warning high_token_usage',
      'bot Warning mcp_server_degraded',
      'chat Warning high_token_usage',
      'mail finance Warning high_token_usage',
      'program Warning high_token_usage',
      'prometheus Firing high_token_usage',
      'pull Warning high_token_usage',
      'teams Warning high_token_usage',
    ];
    expect(town.told()).toEqual([...PAGES, ...EVENTS, ...slow].sort());
    const rules = [
      'autonomous_session_failure_spike',
      'high_token_usage',
      'mcp_server_degraded',
      'safety_violation_critical',
    ];
    expect(town.issues()).toEqual(rules.map((rule) => `open ${rule}`));

    goWell(town);
    await watchThrice(town);
    // Seen gone for ten minutes: twice the time between two runs.
    town.clock.now = plus(NEXT_DAY, 12 * MINUTE);
    await watchThrice(town);
    const over = [
      // A message of the bot is changed in place, and what is new is said in its thread.
      ...['bot', 'bot-thread'].flatMap((of) => [`${of} Over high_token_usage`, `${of} Over mcp_server_degraded`]),
      'chat Over high_token_usage',
      'chat Warning high_token_usage',
      'mail finance Over high_token_usage',
      'mail finance Warning high_token_usage',
      'program Over high_token_usage',
      'program Warning high_token_usage',
      'prometheus Over high_token_usage',
      'pull Over high_token_usage',
      'teams Over high_token_usage',
      'teams Warning high_token_usage',
    ];
    expect(town.told()).toEqual([...PAGES_OVER, ...EVENTS, ...over].sort());
    expect(town.issues()).toEqual(rules.map((rule) => `closed ${rule}`));

    // Two hours later nothing more is said: what happened once is neither escalated nor told again.
    town.clock.now = plus(NEXT_DAY, 2 * HOUR);
    await watchThrice(town);
    expect(town.told()).toEqual([...PAGES_OVER, ...EVENTS, ...over].sort());
    expect(new Set(town.to.mail.received.map(({ mail }) => mail.messageId)).size).toBe(town.to.mail.received.length);
    expect(town.to.pagerduty.incidents.map(({ repeats }) => repeats)).toEqual([0, 0]);
  });
});

type Posted = 'pagerduty' | 'critical' | 'ops' | 'program' | 'space' | 'team' | 'alertmanager';

/** Where a run is killed: after a write of the ledger, or while a receiver has its message and has not answered. */
type Step = { readonly write: number } | { readonly receiver: Posted | 'mail' | 'pull' | 'issues' };

/** The intents, the issues, the taking and the receipts are one write each. */
const STEPS: readonly Step[] = [
  ...[1, 2, 3, 4].map((write) => ({ write })),
  { receiver: 'pagerduty' },
  { receiver: 'critical' },
];

async function killedAt(town: Town, step: Step): Promise<void> {
  const { github, to, pull, clock } = town;
  const end = new AbortController();
  const happens = (): void => end.abort();
  const during = (method: string, path: RegExp, nth = 1): void =>
    void github.faults.add({ method, path, nth, fault: { kind: 'meanwhile', happens } });
  if ('write' in step) during('PATCH', /\/git\/refs\//, step.write);
  else if (step.receiver === 'pull') during('POST', new RegExp(`/issues/${pull.issue.number}/comments$`));
  else if (step.receiver === 'issues') during('POST', /\/issues$/);
  else if (step.receiver === 'mail') to.mail.meanwhile(happens);
  else to[step.receiver].troubles.push({ kind: 'silence', after: true, meanwhile: happens });
  // The clock of a runner is not that of GitHub, and what a message says of itself is of the runner's.
  const { exitCode } = await town.watch({ killOn: end.signal, now: plus(clock.now, 5 * SECOND) });
  github.faults.clear();
  expect([end.signal.aborted, exitCode]).toEqual([true, null]);
  // What it had asked for is done before another run begins.
  await vi.waitFor(() => expect(github.log.filter(({ status }) => status === null)).toEqual([]), 10 * SECOND);
}

/** A webhook of Slack cannot tell a message from the same one again: one that was under way may stand there twice. */
function onceFor(step: Step, told: readonly string[]): readonly string[] {
  const doubled = told.filter((line, i) => told.indexOf(line) !== i);
  expect(doubled.length).toBeLessThanOrEqual('receiver' in step && step.receiver === 'critical' ? 1 : 0);
  return [...new Set(told)];
}

describe('a run that is killed', () => {
  test('at any step from the intent to the receipt loses nothing and pages once', { timeout: 240_000 }, async () => {
    await sideBySide(STEPS, 2, async (step) => {
      await using town = await plantTown();
      goWrong(town);
      await killedAt(town, step);
      // So long is what another process has taken left to it.
      town.clock.now = plus(NIGHT, 4 * MINUTE);
      await watchOnce(town);
      const begun = town.told().filter((line) => PAGES.includes(line));
      expect(onceFor(step, begun), JSON.stringify(step)).toEqual(PAGES);
      expect(town.to.pagerduty.incidents).toHaveLength(2);

      goWell(town);
      await watchOnce(town);
      town.clock.now = plus(NEXT_DAY, 12 * MINUTE);
      await watchOnce(town);
      const pages = town.told().filter((line) => PAGES_OVER.includes(line));
      expect(onceFor(step, pages), JSON.stringify(step)).toEqual(PAGES_OVER);
    });
  });
});

/** Every other receiver that a message goes to; those that cannot know a message again may show one twice. */
const RECEIVERS: readonly { readonly step: Exclude<Step, { write: number }>; readonly mostTwice: 0 | 1 }[] = [
  // Looked for in the channel before it is sent again.
  { step: { receiver: 'ops' }, mostTwice: 0 },
  // Both bear the same Message-ID, by which a reader's program knows them for one.
  { step: { receiver: 'mail' }, mostTwice: 1 },
  { step: { receiver: 'program' }, mostTwice: 0 },
  { step: { receiver: 'space' }, mostTwice: 1 },
  { step: { receiver: 'team' }, mostTwice: 1 },
  { step: { receiver: 'alertmanager' }, mostTwice: 0 },
  // Both are looked for by their markers before they are written.
  { step: { receiver: 'pull' }, mostTwice: 0 },
  { step: { receiver: 'issues' }, mostTwice: 0 },
];
const COST = [
  'bot Warning high_token_usage',
  'chat Warning high_token_usage',
  'mail finance Warning high_token_usage',
  'program Warning high_token_usage',
  'prometheus Firing high_token_usage',
  'pull Warning high_token_usage',
  'teams Warning high_token_usage',
];

describe('a run that is killed while a receiver has its message', () => {
  test('of whatever type that is: each receiver is told once', { timeout: 400_000 }, async () => {
    await sideBySide(RECEIVERS, 2, async ({ step, mostTwice }) => {
      await using town = await plantTown();
      goWrong(town);
      town.clock.now = plus(NIGHT, 16 * MINUTE);
      await killedAt(town, step);
      town.clock.now = plus(NIGHT, 20 * MINUTE);
      await watchOnce(town);
      const told = town.told();
      const which = JSON.stringify([step, told]);
      expect([...new Set(told)], which).toEqual([...PAGES, ...COST].sort());
      expect(told.length - new Set(told).size, which).toBeLessThanOrEqual(mostTwice);
      const ids = town.to.mail.received.map(({ mail }) => mail.messageId);
      expect(new Set(ids).size).toBe(ids.length - (step.receiver === 'mail' ? 1 : 0));
      expect(new Set(town.issues()).size, town.issues().join()).toBe(town.issues().length);
      expect(town.issues()).toContain('open high_token_usage');
    });
  });
});

describe('a database that is down', () => {
  test('is told by its rule without a ledger: one incident, however many runs find it so, which ends when it is back', {
    timeout: 180_000,
  }, async () => {
    await using town = await plantTown();
    const url = `postgres://checkrein:nobody@127.0.0.1:${await freePort()}/fleet`;
    for (const minutes of [0, 15]) {
      town.clock.now = plus(NIGHT, minutes * MINUTE);
      const ran = await town.watch({ inputs: { 'database-url': url } });
      expect(ran.exitCode, ran.stdout).toBe(1);
    }
    expect(town.told()).toEqual([
      'pagerduty triggered database_down',
      // A webhook of Slack cannot tell that it has been told before: the issue that remembers it can.
      'slack Critical database_down',
    ]);
    expect(town.to.pagerduty.incidents).toMatchObject([{ repeats: 0, state: 'triggered' }]);
    await using database = await makeDatabase(inject('postgresPort'));
    for (const minutes of [30, 45]) {
      town.clock.now = plus(NIGHT, minutes * MINUTE);
      const ran = await town.watch({ inputs: { 'database-url': database.url } });
      expect(ran.exitCode, ran.stdout).toBe(0);
    }
    const ends = town.told().filter((line) => !/triggered|Critical/.test(line));
    expect(ends).toEqual(['pagerduty resolved database_down', 'slack Over database_down']);
    expect(town.to.pagerduty.incidents).toMatchObject([{ repeats: 0, state: 'resolved' }]);
  });
});

describe('a branch of the ledger that cannot be read', () => {
  test('is told by the rule of the mission, remembered in an issue, and over for each receiver when the branch is back', {
    timeout: 120_000,
  }, async () => {
    await using town = await plantTown();
    await watchOnce(town);
    const away = { path: /\/git\/(ref|refs|commits|trees|blobs)\b/, times: Number.POSITIVE_INFINITY };
    for (const minutes of [0, 15]) {
      town.clock.now = plus(NIGHT, minutes * MINUTE);
      town.github.faults.add({ ...away, fault: { kind: 'status', status: 503, headers: {}, body: { message: 'No' } } });
      const ran = await town.watch();
      town.github.faults.clear();
      expect(ran.exitCode, ran.stdout).toBe(1);
      expect(ran.stdout).not.toContain('remembered');
    }
    const began = [
      'pagerduty triggered database_down',
      // A webhook of Slack cannot tell that it has been told before: the issue that remembers it can.
      'slack Critical database_down',
    ];
    const about = (): readonly string[] => town.told().filter((line) => line.includes('database_down'));
    expect(about()).toEqual(began);
    const memories = () => town.github.world.issues.filter(({ title }) => title === 'Checkrein cannot use its ledger');
    expect(memories()).toMatchObject([{ state: 'open' }]);
    expect(memories()[0]?.body).toContain('to pagerduty');
    // A stranger who pastes it changes nothing.
    town.github.addIssue({ title: 'Pasted', body: memories()[0]?.body ?? '', labels: ['checkrein'] });

    for (const minutes of [30, 45]) {
      town.clock.now = plus(NIGHT, minutes * MINUTE);
      await watchOnce(town);
    }
    expect(about()).toEqual(['pagerduty resolved database_down', ...began.slice(1), 'slack Over database_down'].sort());
    expect(town.to.pagerduty.incidents).toMatchObject([{ repeats: 0, state: 'resolved' }]);
    expect(memories()).toMatchObject([{ state: 'closed' }]);
    expect(memories()[0]?.body).not.toContain('checkrein:told');
  });
});

describe('a branch of the ledger that can be read but not be written', () => {
  const body = { message: 'Repository rule violations found' } as const;
  test.each(['a ruleset that protects it', 'a token that may only read'])(
    '%s: is told once to whom critical alerts are told, though every run finds it so, and is over when it can be written',
    { timeout: 180_000 },
    async (cause) => {
      await using town = await plantTown({
        settings: '  critical: [{ after: 0s, channels: [pagerduty, slack-critical] }]\n',
      });
      await watchOnce(town);
      for (const minutes of [0, 15, 30]) {
        town.clock.now = plus(NIGHT, minutes * MINUTE);
        const isProtected = cause.startsWith('a ruleset');
        const fault = { kind: 'status', status: 422, headers: {}, body } as const;
        if (isProtected) town.github.faults.add({ path: /\/git\/refs/, method: 'PATCH', times: 99, fault });
        const token = town.github.mintToken({
          ...{ actions: 'read', contents: isProtected ? 'write' : 'read', issues: 'write', 'pull-requests': 'write' },
        });
        const ran = await town.watch({ token });
        town.github.faults.clear();
        expect(ran.exitCode, ran.stdout).toBe(1);
      }
      const { pagerduty, critical } = town.to;
      expect(pagerduty.incidents).toMatchObject([{ repeats: 0, state: 'triggered' }]);
      expect(JSON.stringify(pagerduty.incidents)).toContain('can be read but not be written');
      expect(critical.messages).toHaveLength(1);
      for (const minutes of [45, 50]) {
        town.clock.now = plus(NIGHT, minutes * MINUTE);
        await watchOnce(town);
      }
      expect(pagerduty.incidents).toMatchObject([{ repeats: 0, state: 'resolved' }]);
      expect(critical.messages).toHaveLength(2);
      expect(town.github.world.issues.filter(({ title }) => title.startsWith('Checkrein'))).toMatchObject([
        { title: 'Checkrein cannot use its ledger', state: 'closed' },
      ]);
    },
  );
});

describe('people', () => {
  async function plantFiring(): Promise<Town> {
    const town = await plantTown();
    goWrong(town);
    await watchOnce(town);
    expect(town.told()).toEqual(PAGES);
    return town;
  }
  const spike = ({ github }: Town) => {
    const issue = github.world.issues.find(({ title }) => title.includes('autonomous_session_failure_spike'));
    if (issue === undefined) throw new Error('the spike has no issue');
    return issue;
  };

  test('a silence that is set while it fires mutes, and the end is told all the same', {
    timeout: 180_000,
  }, async () => {
    await using town = await plantFiring();
    town.clock.now = plus(NIGHT, 5 * MINUTE);
    town.github.addComment(spike(town), {
      body: '/checkrein silence for 2d known, the registry is down',
      at: town.clock.now,
    });
    await watchOnce(town);
    goWell(town);
    await watchOnce(town);
    town.clock.now = plus(NEXT_DAY, 12 * MINUTE);
    await watchOnce(town);
    const told = town.told().filter((line) => line.includes('spike'));
    expect(told).toEqual(PAGES_OVER.filter((line) => line.includes('spike')));
  });

  test('a silence by labels that a lead sets in a comment keeps back what begins under it, and explain says whose it is', {
    timeout: 180_000,
  }, async () => {
    await using town = await plantFiring();
    const { github } = town;
    const lead = github.addUser({ login: 'lea', role: { permission: 'write', roleName: 'maintain' } });
    const writer = github.addUser({ login: 'wim', role: { permission: 'write', roleName: 'write' } });
    const rule = 'high_token_usage';
    const about = (): readonly string[] => town.told().filter((line) => line.includes(rule));
    const say = (user: typeof lead, body: string): void =>
      void github.addComment(spike(town), { body: `/checkrein ${body}`, author: user, at: town.clock.now });

    town.clock.now = plus(NIGHT, 5 * MINUTE);
    say(writer, 'silence name=mcp_* for 2h nobody needs this');
    say(lead, 'silence name=high_token_* for 2h a large migration');
    town.clock.now = plus(NIGHT, 16 * MINUTE);
    await watchOnce(town);
    expect(about()).toEqual([]);
    expect(town.issues().filter((line) => line.includes(rule))).toEqual([]);
    // Whom only a lead may silence goes on.
    expect(town.told()).toContain('bot Warning mcp_server_degraded');
    const held = await town.explain(rule);
    expect(held).toContain('  alert      active since');
    expect(held).toContain('  silenced   by lea until 2026-11-21 01:35 UTC: a large migration');
    expect(held).toMatch(/message {4}.*silenced/);
    expect(await town.explain('mcp_server_degraded')).not.toContain('silenced ');

    say(lead, 'unsilence name=high_token_*');
    town.clock.now = plus(NIGHT, 18 * MINUTE);
    await watchOnce(town);
    // The run that hears of it may have looked a moment before: the one after it tells, once.
    town.clock.now = plus(NIGHT, 20 * MINUTE);
    await watchOnce(town);
    expect(about()).toEqual(COST);
    expect(await town.explain(rule)).not.toContain('  silenced');
  });

  test('an issue that a person closes is an acknowledgement, said once; opened again, it is none', {
    timeout: 180_000,
  }, async () => {
    await using town = await plantFiring();
    const issue = spike(town);
    town.clock.now = plus(NIGHT, 5 * MINUTE);
    Object.assign(issue, { state: 'closed', stateReason: 'not_planned', closedAt: town.clock.now });
    const [first, second] = [await watchOnce(town), await watchOnce(town)];
    const words = `issue #${issue.number} was closed while its condition holds`;
    expect([first.stdout.includes(words), second.stdout.includes(words)]).toEqual([true, false]);
    const [incident] = town.to.pagerduty.incidents.filter(({ summary }) => summary.includes('spike'));
    expect(incident?.state).toBe('acknowledged');
    expect(issue.state).toBe('closed');

    town.clock.now = plus(NIGHT, 10 * MINUTE);
    Object.assign(issue, { state: 'open', stateReason: 'reopened', closedAt: null });
    const again = await watchOnce(town);
    expect(again.stdout).toContain(`issue #${issue.number} was opened again`);
    expect((await watchOnce(town)).stdout).not.toContain('was opened again');
    // A second closing is heard as the first one was.
    Object.assign(issue, { state: 'closed', stateReason: 'not_planned', closedAt: town.clock.now });
    town.clock.now = plus(NIGHT, 12 * MINUTE);
    expect((await watchOnce(town)).stdout).toContain(words);
  });
});
