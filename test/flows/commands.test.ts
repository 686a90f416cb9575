import { describe, expect, test } from 'vitest';
import type { CommandRecord } from '../../src/core/command-record.ts';
import type { EventOf, LedgerEvent } from '../../src/core/event.ts';
import { repositorySubject } from '../../src/core/subject.ts';
import { after, DAY, HOUR, type Instant, MINUTE } from '../../src/core/time.ts';
import { type ActionResult, type ActionRun, runAction } from '../drivers/run-action.ts';
import type { CommentSpec } from '../fakes/github/seed-live.ts';
import type { FakeComment, FakeIssue, FakeUser } from '../fakes/github/world.ts';
import type { FakeGitHub } from '../fakes/github.ts';
import { STOP_PERMISSIONS } from '../kit/connect-github.ts';
import { fastClock } from '../kit/fast-clock.ts';
import { appendTo, EVENING, type Plot, plantPlot, QUICK_WAITS, readLedger } from './plot.ts';
import { annotations, plain } from './words.ts';

/** The people of a plot: octocat administrates it. */
interface People {
  readonly writer: FakeUser;
  readonly lead: FakeUser;
  readonly stranger: FakeUser;
}

function invite(github: FakeGitHub): People {
  return {
    writer: github.addUser({ login: 'ana', role: { permission: 'write', roleName: 'write' } }),
    lead: github.addUser({ login: 'lea', role: { permission: 'write', roleName: 'maintain' } }),
    stranger: github.addUser({ login: 'mallory' }),
  };
}

interface Told {
  readonly action?: string;
  readonly env?: ActionRun['env'];
  readonly now?: Instant;
}

/** Runs the built action on the event of a comment, as `auto` on a runner. */
function tell(
  github: FakeGitHub,
  comment: FakeComment,
  { action = 'created', env = QUICK_WAITS, now }: Told = {},
): Promise<ActionResult> {
  const { id, createdAt, author, body } = comment;
  const user = { id: author.id, login: author.login, type: author.type };
  return runAction({
    github,
    token: github.mintToken(STOP_PERMISSIONS),
    event: { name: 'issue_comment', payload: { action, comment: { id, created_at: createdAt, body, user } } },
    env,
    ...(now === undefined ? {} : { now }),
  });
}

/** Our comments under an issue, as people read them. */
function answers({ comments }: FakeIssue): readonly string[] {
  return comments.filter(({ author }) => author.login === 'github-actions[bot]').map(({ body }) => plain(body));
}

function reactions({ reactions: given }: FakeComment): readonly string[] {
  return given.map(({ content }) => content);
}

function answeredIn(events: readonly LedgerEvent[]): readonly CommandRecord[] {
  return events.flatMap((event) => (event.kind === 'command.answered' ? [event.data.command] : []));
}

async function eventsOf(plot: Pick<Plot, 'github' | 'clock'>): Promise<readonly LedgerEvent[]> {
  const { events, verification } = await readLedger(plot);
  expect(verification.ok).toBe(true);
  return events;
}

function kinds(events: readonly LedgerEvent[], start: string): readonly string[] {
  return events.map(({ kind }) => kind).filter((kind) => kind.startsWith(start));
}

interface Powerless {
  readonly comment: (people: People, github: FakeGitHub) => Omit<CommentSpec, 'issue'>;
  readonly action?: string;
  /** A part of the reason in the audit. */
  readonly because: string;
  /** How loudly it is refused. */
  readonly voice: 'comment' | 'reaction' | 'silent';
}

const STOP = '/checkrein stop';

const POWERLESS: Readonly<Record<string, Powerless>> = {
  'a stranger': {
    comment: ({ stranger }) => ({ body: STOP, author: stranger }),
    because: 'Only those who work in this repository',
    voice: 'reaction',
  },
  'a bot, whatever its role': {
    comment: (_people, { world }) => {
      world.roles.set('claude[bot]', { permission: 'admin', roleName: 'admin' });
      return { body: STOP, author: world.users.find(({ login }) => login === 'claude[bot]') as FakeUser };
    },
    because: 'Only people',
    voice: 'silent',
  },
  'an app in the name of an administrator': {
    comment: () => ({ body: STOP, viaApp: 'some-app' }),
    because: 'written by an app',
    voice: 'silent',
  },
  'a comment that somebody edited': {
    comment: ({ writer }) => ({ body: STOP, editedBy: writer }),
    because: 'was edited',
    voice: 'comment',
  },
  'the event of an edit': {
    comment: () => ({ body: STOP }),
    action: 'edited',
    because: 'Only a new comment',
    voice: 'silent',
  },
  'a hidden comment': {
    comment: () => ({ body: STOP, isMinimized: true }),
    because: 'is hidden',
    voice: 'comment',
  },
  'text that nobody sees': {
    comment: () => ({ body: `Fine work.\n<!-- really -->\n${STOP}` }),
    because: 'an HTML comment',
    voice: 'comment',
  },
  'a code block': {
    comment: () => ({ body: `\`\`\`\n${STOP}\n\`\`\`` }),
    because: 'inside code',
    voice: 'comment',
  },
  'a quote': {
    comment: () => ({ body: `> ${STOP}\n\nShould we?` }),
    because: 'inside a quote',
    voice: 'comment',
  },
  'a comment of two days ago': {
    comment: () => ({ body: STOP, at: after(EVENING, -2 * DAY) }),
    because: 'older than a day',
    voice: 'reaction',
  },
};

/** What is said for everybody to see about a comment, and how. */
function voiceOf(issue: FakeIssue, comment: FakeComment): Powerless['voice'] {
  if (answers(issue).length > 0) return 'comment';
  return comment.reactions.length > 0 ? 'reaction' : 'silent';
}

describe('a command without effect', () => {
  // Ten comments in turn, with a pause between writes, as GitHub asks for.
  test('is refused, audited, and answered only where that is safe', { timeout: 120_000 }, async () => {
    await using plot = await plantPlot({ runs: 0 });
    const { github, fixer, clock } = plot;
    const people = invite(github);
    const said = Object.entries(POWERLESS).map(([name, powerless]) => {
      const written = github.openComment({ at: clock.now, ...powerless.comment(people, github) });
      return { name, ...powerless, ...written };
    });
    // The event of one comment lets those be answered too that were written since.
    const edited = said.filter(({ action }) => action !== undefined);
    const old = said.filter(({ comment }) => comment.createdAt < clock.now);
    for (const { comment, action } of [...edited, ...old]) {
      const run = await tell(github, comment, { now: clock.now, ...(action === undefined ? {} : { action }) });
      expect(run.exitCode, run.stdout).toBe(0);
    }
    expect(fixer.state).toBe('active');
    const events = await eventsOf(plot);
    expect(kinds(events, 'halt.')).toEqual([]);
    const audited = answeredIn(events);
    expect(audited).toHaveLength(said.length);
    for (const { name, issue, comment, because, voice } of said) {
      const record = audited.find((one) => one.comment === comment.id);
      expect(record, name).toMatchObject({ outcome: 'refused', issue: issue.number });
      expect(record?.reason, name).toContain(because);
      expect(voiceOf(issue, comment), name).toBe(voice);
      expect(reactions(comment), name).toEqual(voice === 'silent' ? [] : ['-1']);
      expect(answers(issue).length, name).toBe(voice === 'comment' ? 1 : 0);
      if (voice === 'comment') expect(answers(issue)[0], name).toContain(because);
    }
  });
});

/** A plot whose alert has been told in an issue, with its people. */
async function plantTold(): Promise<Plot & People & { readonly issue: FakeIssue }> {
  const plot = await plantPlot();
  await plot.watch();
  const [issue] = plot.github.world.issues;
  if (issue?.state !== 'open') throw new Error('the plot has no issue to begin with');
  return { ...plot, ...invite(plot.github), issue };
}

/** Says something under an issue a minute later. */
function say(plot: Plot, issue: FakeIssue, author: FakeUser, body: string): FakeComment {
  plot.clock.now = after(plot.clock.now, MINUTE);
  return plot.github.openComment({ issue, author, body, at: plot.clock.now }).comment;
}

describe('a command of somebody who may', () => {
  test('ack takes the alert on, once, and the issue says so', async () => {
    await using plot = await plantTold();
    const { github, issue, writer } = plot;
    const comment = say(plot, issue, writer, 'Looking at it.\n\n/checkrein ack for 2h the cache is cold');
    const run = await tell(github, comment, { now: plot.clock.now });
    expect(run.exitCode, run.stdout).toBe(0);
    expect(answers(issue)).toHaveLength(1);
    expect(answers(issue)[0]).toContain('Done:** ana has taken this alert on until 2026-11-20 22:01 UTC');
    expect(reactions(comment)).toEqual(['+1']);
    const events = await eventsOf(plot);
    expect(events.filter(({ kind }) => kind === 'alert.acknowledged')).toMatchObject([
      { data: { acknowledgement: { by: 'ana', note: 'the cache is cold', until: '2026-11-20T22:01:00.000Z' } } },
    ]);
    expect((await plot.heal()).exitCode).toBe(0);
    expect(plain(issue.body ?? '')).toContain('**Acknowledged** by ana');
    expect(answers(issue)).toHaveLength(1);
  });

  test('a comment that is told of again changes nothing, and the replay is in the audit', async () => {
    await using plot = await plantTold();
    const { github, issue, writer } = plot;
    const silence = say(plot, issue, writer, '/checkrein silence for 1d');
    await tell(github, silence, { now: plot.clock.now });
    const unsilence = say(plot, issue, writer, '/checkrein unsilence');
    await tell(github, unsilence, { now: plot.clock.now });
    const replay = await tell(github, silence, { now: plot.clock.now });
    expect(replay.exitCode, replay.stdout).toBe(0);
    const events = await eventsOf(plot);
    expect(kinds(events, 'silence.')).toEqual(['silence.set', 'silence.ended']);
    expect(answeredIn(events).map(({ outcome, comment }) => [outcome, comment])).toEqual([
      ['done', silence.id],
      ['done', unsilence.id],
      ['refused', silence.id],
    ]);
    expect(answeredIn(events)[2]?.reason).toContain('answered before');
    expect(answers(issue)).toHaveLength(2);
  });

  test('help and status are answered; a proposal that is none and a budget that is not theirs are refused', async () => {
    await using plot = await plantTold();
    const { github, issue, writer, lead } = plot;
    const [first] = [
      say(plot, issue, writer, '/checkrein help'),
      say(plot, issue, writer, '/checkrein status'),
      say(plot, issue, lead, '/checkrein approve p1'),
      say(plot, issue, writer, '/checkrein raise fixer-day to 20 for 1d'),
    ];
    const run = await tell(github, first as FakeComment, { now: plot.clock.now });
    expect(run.exitCode, run.stdout).toBe(0);
    const [help, status, approve, refused] = answers(issue);
    expect(help).toContain('stop [AGENT …] [because WHY]: Stops the agents named');
    expect(status).toMatch(/Status:\*\* critical[\s\S]*budget fixer-day: \$12\.00 of \$10\.00 this day/);
    expect(approve).toContain('There is no such proposal');
    expect(refused).toContain('needs a lead');
    expect(answeredIn(await eventsOf(plot)).map(({ outcome }) => outcome)).toEqual([
      'done',
      'done',
      'refused',
      'refused',
    ]);
  });

  test('a lead raises a budget for a while: the answer, the issue and the status say so, and it ends by itself', async () => {
    await using plot = await plantTold();
    const { github, issue, lead } = plot;
    const [first] = [
      say(plot, issue, lead, '/checkrein raise fixer-day to $14 for 2h'),
      say(plot, issue, lead, '/checkrein raise fixer-day to 5 for 1d'),
      say(plot, issue, lead, '/checkrein raise fixer-dya to 20 for 1d'),
      say(plot, issue, lead, '/checkrein status'),
    ];
    const run = await tell(github, first as FakeComment, { now: plot.clock.now });
    expect(run.exitCode, run.stdout).toBe(0);
    const [raised, lower, slip, status] = answers(issue);
    expect(raised).toMatch(/Done:\*\* \S+ raised the budget fixer-day to \$14\.00 until 2026-11-2\d \d\d:\d\d UTC\./);
    expect(raised).toContain('It ends by itself: then $10.00 holds again.');
    expect(lower).toContain('allows $10.00 already');
    expect(slip).toContain('Did you mean fixer-day?');
    expect(status).toMatch(/budget fixer-day: \$12\.00 of \$14\.00 this day, raised by \S+ until/);
    expect(answeredIn(await eventsOf(plot)).map(({ outcome }) => outcome)).toEqual([
      'done',
      'refused',
      'refused',
      'done',
    ]);
    expect(kinds(await eventsOf(plot), 'budget.')).toEqual(['budget.raised']);

    await plot.heal();
    const body = (): string => issue.body ?? '';
    expect(body()).toMatch(
      /\*\*Warning:\*\* fixer spent \$12\.00 of \$14\.00 on 2026-11-20 \(85 %\), as raised by \S+ until/,
    );
    plot.clock.now = after(plot.clock.now, 2 * HOUR);
    await plot.heal();
    expect(body()).toMatch(/\*\*Critical:\*\* fixer spent \$12\.00 of \$10\.00/);
  });

  test('a lead lets an agent start where nothing is known, for a while; who may only write does not', async () => {
    await using plot = await plantTold();
    const { github, issue, writer, lead } = plot;
    const [first] = [
      say(plot, issue, lead, '/checkrein override FIXER for 2h because the source is away'),
      say(plot, issue, writer, '/checkrein override all for 2h'),
      say(plot, issue, lead, '/checkrein override fixxer for 2h'),
      say(plot, issue, lead, '/checkrein override all for 8d'),
    ];
    const run = await tell(github, first as FakeComment, { now: plot.clock.now });
    expect(run.exitCode, run.stdout).toBe(0);
    const [let_, writes, slip, long] = answers(issue);
    expect(let_).toMatch(/Done:\*\* \S+ lets fixer start until 2026-11-2\d \d\d:\d\d UTC also where nobody can tell/);
    expect(writes).toContain('needs a lead');
    expect(slip).toContain('Did you mean fixer?');
    expect(long).toContain('ends after 7 d at the latest');
    const events = await eventsOf(plot);
    expect(answeredIn(events).map(({ outcome }) => outcome)).toEqual(['done', 'refused', 'refused', 'refused']);
    expect(events.filter(({ kind }) => kind === 'agent.overridden')).toMatchObject([
      { data: { override: { agent: 'fixer', by: lead.login, why: 'the source is away' } } },
    ]);
  });

  test('one whose event was lost is answered by the next watch', async () => {
    await using plot = await plantTold();
    const comment = say(plot, plot.issue, plot.writer, '/checkrein ack');
    const watched = await plot.heal();
    expect(watched.exitCode, watched.stdout).toBe(0);
    expect(answers(plot.issue)).toHaveLength(1);
    expect(reactions(comment)).toEqual(['+1']);
    expect(plain(plot.issue.body ?? '')).toContain('**Acknowledged** by ana');
    await plot.heal();
    expect(answers(plot.issue)).toHaveLength(1);
    expect(answeredIn(await eventsOf(plot))).toHaveLength(1);
  });

  test('two runs at once answer once, in one comment', async () => {
    await using plot = await plantTold();
    const { github, issue, writer, clock } = plot;
    const comment = say(plot, issue, writer, '/checkrein silence because we know');
    const runs = await Promise.all([
      tell(github, comment, { now: clock.now }),
      tell(github, comment, { now: clock.now }),
      plot.watch(),
    ]);
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(answers(issue)).toHaveLength(1);
    expect(reactions(comment)).toEqual(['+1']);
    const events = await eventsOf(plot);
    expect(kinds(events, 'silence.')).toEqual(['silence.set']);
    // Whoever comes when all is done finds it answered, and says so in the audit; whoever comes before stands aside.
    expect(answeredIn(events).filter(({ outcome }) => outcome === 'done')).toHaveLength(1);
  });

  test('an answer whose acknowledgement was lost is found again, not written twice', async () => {
    await using plot = await plantTold();
    const { github, issue, writer } = plot;
    const comment = say(plot, issue, writer, '/checkrein ack');
    github.faults.add({ method: 'POST', path: /\/issues\/\d+\/comments$/, fault: { kind: 'lost' } });
    const run = await tell(github, comment, { now: plot.clock.now });
    expect(run.exitCode, run.stdout).toBe(0);
    expect(answers(issue)).toHaveLength(1);
  });

  test('what a run that died has taken is taken over when it must be dead', async () => {
    await using plot = await plantTold();
    const comment = say(plot, plot.issue, plot.writer, '/checkrein ack');
    await appendTo(plot, [takenByTheDead(plot, comment)]);
    // The longest stop takes 15 minutes, and five more are waited.
    expect((await plot.heal()).exitCode).toBe(0);
    expect(answers(plot.issue)).toEqual([]);
    await plot.heal();
    expect((await plot.heal()).exitCode).toBe(0);
    expect(answers(plot.issue)).toHaveLength(1);
  });
});

function takenByTheDead({ github, clock }: Plot, { id: comment }: FakeComment): EventOf<'command.taken'> {
  const { now } = clock;
  const repo = github.fullName;
  const claim = { comment, by: 'dead', at: now };
  const id = `command:${comment}:taken:dead`;
  return {
    v: 1,
    id,
    kind: 'command.taken',
    at: now,
    seen: now,
    repo,
    subject: repositorySubject(repo),
    data: { claim },
  };
}

describe('a stop by comment', () => {
  test('by a writer ends the agent and says so in one answer; only a lead resumes', async () => {
    const clock = fastClock(EVENING, 30);
    await using plot = await plantPlot({ runs: 0, now: clock.now });
    const { github, fixer } = plot;
    const { writer, lead } = invite(github);
    const live = github.startRun(fixer, { plan: { startsAfter: 0, jobs: [{ name: 'agent' }] } });
    const { issue, comment } = github.openComment({ body: `${STOP} fixer because it loops`, author: writer });
    const stopped = await tell(github, comment, { env: clock.env });
    expect(stopped.exitCode, stopped.stdout).toBe(0);
    expect(stopped.outputs).toMatchObject({ status: 'stopped', decision: 'deny' });
    expect(fixer.state).toBe('disabled_manually');
    expect(live.attempts[0].status).toBe('completed');
    expect(answers(issue)).toHaveLength(1);
    expect(answers(issue)[0]).toMatch(/Done:\*\* ana stopped fixer \(stop 1\)\. Stopped in/i);
    expect(reactions(comment)).toEqual(['eyes', '+1']);

    const refused = github.openComment({ issue, body: '/checkrein resume', author: writer });
    await tell(github, refused.comment, { env: clock.env });
    expect(fixer.state).toBe('disabled_manually');
    expect(answers(issue)[1]).toContain('needs a lead');

    const allowed = github.openComment({ issue, body: '/checkrein resume because it is mended', author: lead });
    const resumed = await tell(github, allowed.comment, { env: clock.env });
    expect(resumed.exitCode, resumed.stdout).toBe(0);
    expect(fixer.state).toBe('active');
    expect(answers(issue)[2]).toContain('lea resumed stop 1');

    const again = await tell(github, comment, { env: clock.env });
    expect(again.exitCode, again.stdout).toBe(0);
    expect(fixer.state).toBe('active');
    const events = await eventsOf({ github, clock: { now: clock.now() } });
    const declared = events.flatMap((event) => (event.kind === 'halt.declared' ? [event.data.halt] : []));
    expect(declared).toMatchObject([{ by: { kind: 'person', actor: { login: 'ana' } }, reason: 'it loops' }]);
  });

  test('and a resume that GitHub does not let through fails loudly, and is answered', async () => {
    const clock = fastClock(EVENING, 30);
    await using plot = await plantPlot({ runs: 0, now: clock.now });
    const { github, fixer } = plot;
    const { lead } = invite(github);
    const { issue, comment } = github.openComment({ body: STOP, author: lead });
    expect((await tell(github, comment, { env: clock.env })).exitCode).toBe(0);
    const fault = { kind: 'status', status: 403, body: { message: 'Resource not accessible by integration' } } as const;
    github.faults.add({ method: 'PUT', path: /\/enable$/, times: Number.POSITIVE_INFINITY, fault });
    const asked = github.openComment({ issue, body: '/checkrein resume because it is mended', author: lead });
    const resumed = await tell(github, asked.comment, { env: clock.env });
    expect(resumed.exitCode, resumed.stdout).toBe(1);
    expect(annotations(resumed)).toMatch(/resume in issue \d+ failed: .*fixer\.yml.*actions: write/);
    expect(fixer.state).toBe('disabled_manually');
    expect(answers(issue)[1]).toContain('Incomplete');
    expect(reactions(asked.comment)).toEqual(['eyes', '-1']);
  });

  test('is carried out where the ledger of the configuration is none; all else waits until that is right', async () => {
    const clock = fastClock(EVENING, 30);
    const config = 'ledger: brnch:octo/ledger\nstop: { grace: 1m, reserve: 0 }\n';
    await using plot = await plantPlot({ runs: 0, now: clock.now, config });
    const { github, fixer } = plot;
    const { lead } = invite(github);
    const { issue, comment } = github.openComment({ body: STOP, author: lead });
    const stopped = await tell(github, comment, { env: clock.env });
    // It was done, but who was answered is written down nowhere.
    expect(stopped.exitCode, stopped.stdout).toBe(1);
    expect(annotations(stopped)).toContain('Correct ledger in the configuration');
    expect(fixer.state).toBe('disabled_manually');
    expect(answers(issue)[0]).toMatch(/Done:\*\* lea stopped all agents \(stop 1\)[\s\S]*so the stop is in branch:/);
    const events = await eventsOf({ github, clock: { now: clock.now() } });
    expect(kinds(events, 'halt.')).toContain('halt.receipt');

    const asked = github.openComment({ issue, body: '/checkrein resume', author: lead });
    const waits = await tell(github, asked.comment, { env: clock.env });
    expect(waits.exitCode, waits.stdout).toBe(1);
    expect(annotations(waits)).toContain('could not be answered: The ledger of the configuration could not be opened');
    expect(fixer.state).toBe('disabled_manually');
    expect(answers(issue)).toHaveLength(1);
  });

  test('of an agent that there is not stops nothing and names those that there are', async () => {
    const clock = fastClock(EVENING, 30);
    await using plot = await plantPlot({ runs: 0, now: clock.now });
    const { github, fixer } = plot;
    const { writer } = invite(github);
    const { issue, comment } = github.openComment({ body: `${STOP} fixr`, author: writer });
    expect((await tell(github, comment, { env: clock.env })).exitCode).toBe(0);
    expect(fixer.state).toBe('active');
    expect(answers(issue)[0]).toMatch(/Refused:.*no agent fixr.*fixer/i);
  });

  test('is carried out without a ledger and with a broken configuration, by anybody who may write', async () => {
    const clock = fastClock(EVENING, 30);
    await using plot = await plantPlot({ runs: 0, now: clock.now, config: 'budgets: 12\n' });
    const { github, fixer } = plot;
    const { writer } = invite(github);
    github.faults.add({
      path: /\/git\/(?:ref|matching-refs)/,
      times: Number.POSITIVE_INFINITY,
      fault: { kind: 'status', status: 403 },
    });
    const { issue, comment } = github.openComment({ body: STOP, author: writer });
    const run = await tell(github, comment, { env: clock.env });
    // It was done, but not all of it: it is not written down.
    expect(run.exitCode, run.stdout).toBe(4);
    expect(fixer.state).toBe('disabled_manually');
    expect(annotations(run)).toContain('nobody counts as a lead');
    expect(answers(issue)).toHaveLength(1);
    expect(answers(issue)[0]).toContain('not in the ledger');
  });
});
