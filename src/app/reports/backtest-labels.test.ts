import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { agentSubject } from '../../core/subject.ts';
import { readLabels } from './backtest-labels.ts';

async function labelsIn(name: string, text: string): ReturnType<typeof readLabels> {
  await using files = await createFixture({ [name]: text });
  return await readLabels(files.getPath(name));
}

const LOOP = {
  incident: true,
  subject: agentSubject('fixer'),
  from: '2026-11-02T04:00:00.000Z',
  to: '2026-11-02T09:00:00.000Z',
  rule: null,
  kind: 'loop, twice',
};

describe('labels', () => {
  test.each([
    ['a.csv', '\uFEFFAgent,from,to,kind\r\nfixer,2026-11-02T04:00Z,2026-11-02 09:00,"loop, twice"\r\n\r\n'],
    ['a.yml', '- { agent: fixer, from: 2026-11-02T04:00:00Z, to: 2026-11-02T09:00:00Z, kind: "loop, twice" }\n'],
    [
      'b.yaml',
      'incidents:\n  - agent: fixer\n    from: "2026-11-02T04:00:00Z"\n    to: "2026-11-02 09:00"\n    kind: loop, twice\n',
    ],
  ])('are read from %s', async (name, text) => {
    expect(await labelsIn(name, text)).toEqual([LOOP]);
  });

  test('without an agent are of the whole repository, without an end go on, and may say that all was well', async () => {
    const text = 'agent,from,to,incident\n,2026-11-02T00:00Z,,false\n';
    expect(await labelsIn('a.csv', text)).toMatchObject([{ subject: null, to: null, incident: false }]);
  });

  test('of an empty list are none', async () => {
    expect(await labelsIn('a.yml', '[]\n')).toEqual([]);
    expect(await labelsIn('a.csv', 'agent,from,to\n')).toEqual([]);
  });

  test.each([
    ['a.csv', 'agent,form\nfixer,2026-11-02\n', /line 1: there is no field 'form'/],
    ['a.csv', 'agent,from\nfixer,soon\n', /line 2: 'from' wants an ISO 8601 moment, not 'soon'/],
    ['a.csv', 'agent,from\nfixer,\n', /line 2: 'from' is missing/],
    ['a.csv', 'from,to\n2026-11-02,2026-11-01\n', /line 2: it ends before it begins/],
    ['a.csv', 'from,incident\n2026-11-02,maybe\n', /'incident' is true or false, not 'maybe'/],
    ['a.yml', 'fixer: 1\n', /holds no list of incidents/],
    ['a.yml', '- fixer\n', /entry 1: expected \{ agent, from, to \}/],
    ['a.yml', '- { agent: fixer, since: 2026-11-02 }\n', /entry 1: there is no field 'since'/],
    ['a.yml', '- [\n', /not valid YAML/],
  ])('that make no sense are refused with their place: %s %j', async (name, text, message) => {
    await expect(labelsIn(name, text)).rejects.toThrow(message);
  });

  test('that are not there are refused', async () => {
    await expect(readLabels('/nowhere/labels.csv')).rejects.toThrow(
      /There is no file of labels \/nowhere\/labels.csv; name the file that you mean/,
    );
  });
});
