import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { PLANTED_SECRETS, type PlantedSecret } from '../../../test/kit/secrets.ts';
import { SESSION_FIXTURES, type SessionFixture } from '../../../test/kit/session-fixtures.ts';
import type { RunMark } from '../../core/facts.ts';
import type { SessionReading } from '../../core/session.ts';
import { sessionEvents } from '../artifacts/bind.ts';
import { openPriceList } from '../prices/genai-prices.ts';
import { NO_PRICES, type PriceList } from '../prices/price-list.ts';
import { gatherFiles } from '../session-files/fetch.ts';
import { filesFold } from '../session-files/fold.ts';
import { type Complaint, complaintLine } from './format.ts';
import { joinRun } from './pieces.ts';
import { readSessionFile } from './recognise.ts';
import { FORMATS } from './registry.ts';

const NOW = '2026-01-02T00:00:00.000Z';

type Step = string | number;

/** Every place that holds text: values, and field names, which come from the agent if they name a model or a tool. */
interface Position {
  readonly steps: readonly Step[];
  readonly where: 'value' | 'field';
}

function positionsOf(value: unknown, steps: readonly Step[] = []): readonly Position[] {
  if (typeof value === 'string') return [{ steps, where: 'value' }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]): readonly Position[] => {
    const below = [...steps, Array.isArray(value) ? Number(key) : key];
    const field: readonly Position[] = Array.isArray(value) ? [] : [{ steps: below, where: 'field' }];
    return [...field, ...positionsOf(inner, below)];
  });
}

/** A copy with another text in one place. */
function planted(value: unknown, { steps, where }: Position, write: (text: string) => string): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return write(String(value));
  if (Array.isArray(value)) {
    return value.map((inner, index) => (index === step ? planted(inner, { steps: rest, where }, write) : inner));
  }
  const entries = Object.entries(value as object).map(([key, inner]) => {
    if (key !== step) return [key, inner] as const;
    if (rest.length === 0 && where === 'field') return [write(key), inner] as const;
    return [key, planted(inner, { steps: rest, where }, write)] as const;
  });
  return Object.fromEntries(entries);
}

type Way = (secret: string, text: string) => string;

const plain: Way = (secret) => secret;

/** Other ways for a secret to get into a text: among words, as part of a tool's name, with something invisible in it. */
const OTHER_WAYS: readonly Way[] = [
  (secret, text) => `${text} ${secret} ${text}`,
  (secret) => `mcp__${secret}__run`,
  (secret) => `mcp__run__${secret}`,
  (secret) => `${secret.slice(0, 3)}\u200b${secret.slice(3)}`,
];

function written(records: unknown): string {
  const list = records as readonly object[];
  return list.length === 1 ? JSON.stringify(list[0]) : list.map((record) => JSON.stringify(record)).join('\n');
}

interface Told {
  readonly sessions: readonly SessionReading[];
  readonly complaints: readonly Complaint[];
}

function read(path: string, text: string, price: PriceList = NO_PRICES): Told {
  const { sessions, complaints, piece } = readSessionFile(path, Buffer.from(text), price);
  const joined = joinRun(piece === undefined ? [] : [piece], [], price);
  return {
    sessions: [...sessions, ...joined.sessions.map(({ reading }) => reading)],
    complaints: [...complaints, ...joined.complaints],
  };
}

const MARK: RunMark = {
  run: 1,
  attempt: 1,
  agent: 'fix',
  workflow: '.github/workflows/fix.yml',
  trigger: 'push',
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T01:00:00.000Z',
  status: 'completed',
  conclusion: 'success',
  url: 'https://github.com/octo/garden/actions/runs/1',
  telemetry: 'awaited',
};

/** Everything that leaves the readers: readings, complaints as data and for people, and the events for the ledger. */
function leaving({ sessions, complaints }: Told): string {
  const events = sessionEvents(MARK, [sessions], 'agent', { repo: 'octo/garden', now: NOW });
  return JSON.stringify([sessions, complaints, complaints.map(complaintLine), events]);
}

/** Even half a secret is too much. */
function holds(text: string, { core }: PlantedSecret): boolean {
  return text.includes(core.slice(0, 10)) || text.includes(core.slice(-10));
}

const named = SESSION_FIXTURES.map((fixture) => [`${fixture.format} in ${fixture.path}`, fixture] as const);

test('every format that is read has a fixture, and every fixture is of its format', () => {
  expect(new Set(SESSION_FIXTURES.map(({ format }) => format))).toEqual(new Set(FORMATS.map(({ name }) => name)));
  for (const { format, path, records } of SESSION_FIXTURES) {
    expect([path, readSessionFile(path, Buffer.from(written(records)), NO_PRICES).format]).toEqual([path, format]);
  }
});

test('the corpus is of twenty kinds', () => {
  expect(new Set(PLANTED_SECRETS.map(({ kind }) => kind)).size).toBe(20);
});

test('what is harmless does come through: names of tools and models', () => {
  const told = SESSION_FIXTURES.map(({ path, records }) => leaving(read(path, written(records)))).join('\n');
  for (const name of ['claude-x', 'gpt-5', 'gemini-x', '"server":"server"', '"tool":"tool"'])
    expect(told).toContain(name);
});

describe.each(named)('no secret leaves %s', (_name, { path, records }: SessionFixture) => {
  const positions = positionsOf(records);

  test.each(PLANTED_SECRETS.map((secret, number) => [secret.kind, secret, number] as const))(
    '%s',
    (_kind, secret, number) => {
      const leaks: string[] = [];
      for (const [index, position] of positions.entries()) {
        // Plain everywhere, and in values also in one of the other ways, which vary by place and kind.
        const other = OTHER_WAYS[(index + number) % OTHER_WAYS.length] ?? plain;
        for (const way of position.where === 'value' ? [plain, other] : [plain]) {
          const text = written(planted(records, position, (old) => way(secret.text, old)));
          if (holds(leaving(read(path, text)), secret))
            leaks.push(`${position.where} ${position.steps.join('.')}: ${text}`);
        }
      }
      expect(positions.length).toBeGreaterThan(3);
      expect(leaks).toEqual([]);
    },
  );

  test('nor when the file is cut off within it, or its line is damaged', () => {
    const leaks: string[] = [];
    for (const [index, secret] of PLANTED_SECRETS.entries()) {
      const position = positions[(index * 7) % positions.length];
      if (position === undefined) continue;
      const text = written(planted(records, position, () => secret.text));
      const end = text.indexOf(secret.core) + secret.core.length;
      for (const damaged of [
        text.slice(0, end),
        text.replace(secret.core, `${secret.core}"`),
        `${secret.text}\n${text}`,
      ]) {
        if (holds(leaving(read(path, damaged)), secret)) leaks.push(`${secret.kind} at ${position.steps.join('.')}`);
      }
    }
    expect(leaks).toEqual([]);
  });
});

/** The fields that identify kinds of records stay, so that everything else is read. */
const TELLS = ['type', 'subtype', 'event', 'timestamp', 'kind', 'status', '_schema', 'role', 'originator'];

test('none reaches the events of files on disk when every text holds one', async () => {
  const files: Record<string, string> = {};
  for (const [number, secret] of PLANTED_SECRETS.entries()) {
    for (const { path, records } of SESSION_FIXTURES) {
      const places = positionsOf(records).filter(
        ({ steps, where }) => where === 'value' && !TELLS.includes(String(steps.at(-1))),
      );
      const all = places.reduce<unknown>(
        (value, place) => planted(value, place, (old) => `${old} ${secret.text}`),
        records,
      );
      files[`${number}-${path}/${path}`] = written(all);
    }
  }
  await using folder = await createFixture(files);
  await openPriceList(NOW);
  const { events, complaints } = await gatherFiles({
    repo: 'octo/garden',
    now: NOW,
    state: filesFold.initial,
    globs: [folder.path],
    agent: null,
    prices: [],
    progress: () => undefined,
  });
  const told = JSON.stringify([events, complaints]);
  expect(events.length).toBeGreaterThan(4 * PLANTED_SECRETS.length);
  expect(PLANTED_SECRETS.filter((secret) => holds(told, secret)).map(({ kind }) => kind)).toEqual([]);
});
