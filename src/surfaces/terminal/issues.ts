import type { IssueContent, IssueResponse, PlannedResponse, Receipt } from '../../core/response.ts';
import type { View } from '../view.ts';
import { clip, type Paint, type Style, wrap } from './paint.ts';

const MOST = 10;
const PREVIEW = 6;

const ACT: Readonly<Record<PlannedResponse['act'], readonly [string, Style]>> = {
  open: ['+', 'green'],
  reopen: ['↻', 'yellow'],
  update: ['~', 'blue'],
  close: ['✓', 'dim'],
  stop: ['■', 'red'],
  draft: ['↩', 'yellow'],
  'retry-run': ['↻', 'yellow'],
  'rerun-failed': ['↻', 'yellow'],
};

/** The issues that would be written: the action, the title, and the start of the text. */
export function planLines(view: View, paint: Paint, width: number): readonly string[] {
  if (view.plan.length === 0) return [paint('nothing to tell', 'green')];
  const lines = view.plan.slice(0, MOST).flatMap((response) => plannedLines(response, paint, width));
  const more = view.plan.length - MOST + view.postponed;
  return more > 0 ? [...lines, paint(`and ${more} more`, 'dim')] : lines;
}

function plannedLines(response: PlannedResponse, paint: Paint, width: number): readonly string[] {
  switch (response.kind) {
    case 'issue':
      return issueLines(response, paint, width);
    case 'stop':
      return headed(response, `stop ${response.agents.join(', ')}`, '', [response.because], paint, width);
    case 'rerun':
      return headed(response, `run ${response.run} again, for ${response.agent}`, '', [response.because], paint, width);
    case 'rollback':
      return headed(response, `draft a rollback of #${response.pull}`, '', [response.because], paint, width);
    default:
      return response satisfies never;
  }
}

function issueLines(response: IssueResponse, paint: Paint, width: number): readonly string[] {
  const number = response.act === 'open' ? '' : ` #${response.issue}`;
  const preview = response.act === 'open' ? previewOf(response.content, width - 2) : [response.because];
  return headed(response, response.content.title, number, preview, paint, width);
}

function headed(
  { act }: PlannedResponse,
  title: string,
  tail: string,
  preview: readonly string[],
  paint: Paint,
  width: number,
): readonly string[] {
  const [mark, style] = ACT[act];
  const [head = '', ...rest] = wrap(title, width - 2 - tail.length, 2);
  return [
    `${paint(mark, style, 'bold')} ${paint(head, 'bold')}${paint(tail, 'dim')}`,
    ...rest.map((line) => `  ${paint(line, 'bold')}`),
    ...preview.map((line) => `  ${paint(line, 'dim')}`),
  ];
}

/** The first lines of an issue as they appear on GitHub, without the markup. */
function previewOf(content: IssueContent, width: number): readonly string[] {
  const text = content.body
    .split('\n')
    .slice(1)
    .filter((line) => line !== '' && !/^(\||```|<|\*\*What was done)/.test(line))
    .map(withoutMarkup);
  const lines = text.flatMap((line) => wrap(line, width, 3));
  return lines.length > PREVIEW ? [...lines.slice(0, PREVIEW), '…'] : lines;
}

function withoutMarkup(line: string): string {
  return line
    .replace(/^#+ /, '')
    .replace(/^- /, '• ')
    .replace(/\*\*|`/g, '')
    .replace(/\[([^\]]*)\]\(([^)]*)\)/g, '$1')
    .replace(/&#(\d{1,5});/g, (_all, code: string) => String.fromCharCode(Number(code)));
}

/** What was written outside, and what was refused. */
export function receiptLines(receipts: readonly Receipt[], paint: Paint, width: number): readonly string[] {
  return receipts.map((receipt) => {
    const number = receipt.issue === null ? '' : ` #${receipt.issue}`;
    const done = receipt.kind === 'issue' ? `${DONE[receipt.act]} issue${number}` : DONE[receipt.act];
    if (!receipt.ok) return `${paint('✗', 'red')} ${clip(`not ${done}: ${receipt.error ?? 'unknown'}`, width - 2)}`;
    const tail = receipt.error ?? receipt.url ?? '';
    return `${paint('✓', receipt.error === null ? 'green' : 'yellow')} ${clip(`${done}  ${tail}`, width - 2)}`;
  });
}

const DONE: Readonly<Record<Receipt['act'], string>> = {
  open: 'opened',
  update: 'updated',
  reopen: 'reopened',
  close: 'closed',
  stop: 'stopped what a rule asked for',
  draft: 'drafted a rollback',
  'retry-run': 'ran a run again',
  'rerun-failed': 'ran the failed jobs of a run again',
};
