import type { StopReceipt } from '../core/halt.ts';
import { inertLine } from '../core/text.ts';
import type { IssuesApi } from '../github/port.ts';
import { tellHalt } from '../responses/stop/tell.ts';
import { MAX_ISSUE_RECEIPT, type ReceiptFrame, receiptMarkdown, scopeWords } from '../surfaces/receipt.ts';

/**
 * Writes the issue of a stop, open while it is in force. Answers its address; null where a later stop has told it.
 * @throws OutsideFailure
 */
export async function tellOfStop(
  issues: IssuesApi,
  receipt: StopReceipt,
  frame: ReceiptFrame,
  labels: readonly string[],
): Promise<string | null> {
  const { generation, scope } = receipt.halt;
  const whom = inertLine(scopeWords(scope), 120);
  const issue = await tellHalt(issues, {
    generation,
    title: frame.whole ? `Stopped: ${whom} (stop ${generation})` : `Stop not complete: ${whom} (stop ${generation})`,
    body: `${receiptMarkdown(receipt, frame, MAX_ISSUE_RECEIPT)}\n${HOW_TO_RESUME}`,
    labels,
    state: 'open',
  });
  return issue?.url ?? null;
}

const HOW_TO_RESUME = [
  '### What now',
  '',
  '1. Where something is left to do, do it, or stop once more: a stop goes on where the last one ended.',
  '2. Remove the cause.',
  '3. Let a lead resume: `checkrein resume --repo OWNER/NAME`, or the action with `command: resume`; one agent first with `--canary AGENT`.',
  '',
].join('\n');

/**
 * Says in the issue of a stop that its agents are back, and closes it when that is all of them. Answers its address; null
 * where there is no such issue.
 * @throws OutsideFailure
 */
export async function tellOfResume(
  issues: IssuesApi,
  receipt: StopReceipt,
  frame: ReceiptFrame,
  { labels, isOver, text }: { readonly labels: readonly string[]; readonly isOver: boolean; readonly text: string },
): Promise<string | null> {
  const { generation, scope } = receipt.halt;
  const whom = inertLine(scopeWords(scope), 120);
  const issue = await tellHalt(issues, {
    generation,
    title: isOver ? `Resumed: ${whom} (stop ${generation})` : `Resumed in part: ${whom} (stop ${generation})`,
    body: `${text}\n\n${receiptMarkdown(receipt, frame, MAX_ISSUE_RECEIPT)}`,
    labels,
    state: isOver ? 'closed' : 'open',
  });
  return issue?.url ?? null;
}
