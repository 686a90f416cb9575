import { canonicalJson } from '../../core/canonical.ts';
import { sha256 } from '../../core/hash.ts';
import { inertMarkdown, plainLine } from '../../core/text.ts';
import { dayOf } from '../../core/time.ts';
import type { IssuesApi, RemoteIssue } from '../../github/port.ts';
import { readTold, type ToldAlone, toldLine } from './record.ts';

const MARKER = /^<!-- checkrein:v1 kind=told key=told gen=0 h=[0-9a-f]{1,64} -->/;
const TITLE = 'Checkrein cannot use its ledger';

/** The issue that remembers messages sent without a ledger. */
export interface ToldIssue {
  readonly number: number;
  readonly told: readonly ToldAlone[];
}

/**
 * Our own issues that remember something, lowest number first. Closed ones count too, because a person may have closed one
 * before the ledger was back. Takes one request, or two if there is one.
 * @throws OutsideFailure
 */
export async function toldIssues(issues: IssuesApi, label: string): Promise<readonly ToldIssue[]> {
  const found = (await issues.withLabel(label)).filter(({ body }) => MARKER.test(body));
  if (found.length === 0) return [];
  const me = loginOf(await issues.me());
  return found
    .filter(({ authorLogin }) => authorLogin !== null && loginOf(authorLogin) === me)
    .map((issue): ToldIssue => ({ number: issue.number, told: readTold(issue.body) }))
    .filter(({ told }) => told.length > 0)
    .sort((a, b) => a.number - b.number);
}

/**
 * Adds messages to those already remembered. Doing it twice changes nothing.
 * @throws OutsideFailure
 */
export async function rememberTold(
  issues: IssuesApi,
  labels: readonly string[],
  told: readonly ToldAlone[],
): Promise<void> {
  const [known] = await toldIssues(issues, labels[0] ?? 'checkrein');
  const all = merged([...(known?.told ?? []), ...told]);
  if (known === undefined) {
    await issues.create({ title: TITLE, body: bodyOf(all), labels });
  } else if (canonicalJson(all) !== canonicalJson(known.told)) {
    await issues.update(known.number, { body: bodyOf(all), state: 'open', stateReason: 'reopened' });
  }
}

/**
 * Closes an issue whose record is in the ledger now, and removes the record.
 * @throws OutsideFailure
 */
export async function forgetTold(issues: IssuesApi, { number }: ToldIssue): Promise<RemoteIssue> {
  const body = `${markerOf('taken in')}\nThe ledger can be used again. Everybody who was told without it is told that it is over.`;
  return await issues.update(number, { body, state: 'closed', stateReason: 'completed' });
}

/** The first entry for each alert, channel and day: receivers treat the others as the same. */
function merged(told: readonly ToldAlone[]): readonly ToldAlone[] {
  const first = new Map<string, ToldAlone>();
  for (const one of told) {
    const key = `${dayOf(one.at)} ${toldWhat(one)}`;
    const known = first.get(key);
    if (known === undefined || (one.arrived && !known.arrived)) first.set(key, one);
  }
  return [...first.values()];
}

/** Which channel was notified of which alert. */
export function toldWhat({ channel, rule, subject, labels }: ToldAlone): string {
  return canonicalJson([channel, rule, subject, labels]);
}

function bodyOf(told: readonly ToldAlone[]): string {
  const lines = told.map(
    ({ channel, rule, at, arrived }) =>
      `- ${plainLine(at)}: ${inertMarkdown(rule)} to ${inertMarkdown(channel)}${arrived ? '' : ' (it may not have arrived)'}`,
  );
  const text = [
    'Its ledger could not be read or not be written, so that no alert lives on and nothing was written down. These were told all the same:',
    '',
    ...lines,
    '',
    'The first run that can use the ledger again tells the same channels that it is over, and closes this issue. ' +
      'What is wrong with the ledger stands in the log of the run that failed.',
  ].join('\n');
  return `${markerOf(text)}\n${toldLine(told)}\n${text}`;
}

function markerOf(text: string): string {
  return `<!-- checkrein:v1 kind=told key=told gen=0 h=${sha256(text).slice(0, 16)} -->`;
}

function loginOf(login: string): string {
  return login.toLowerCase().replace(/\[bot\]$/, '');
}
