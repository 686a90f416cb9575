import type { LedgerLoss, LimitName, MeterCause, RefusedCall } from '../core/guard.ts';
import { inertLine } from '../core/text.ts';

const AMOUNTS: Readonly<Record<LimitName, (amount: number) => string>> = {
  usd: (amount) => `$${amount.toFixed(2)}`,
  tokens: (amount) => `${Math.round(amount).toLocaleString('en-US')} tokens`,
  turns: (amount) => `${amount} turns`,
  minutes: (amount) => `${amount.toFixed(1)} minutes`,
  repeats: (amount) => `${amount} equal calls of a tool in a row`,
  usd_per_minute: (amount) => `$${amount.toFixed(2)} a minute over five minutes`,
};

/** Why a session is ended, for people and for the agent. */
export function causeText(cause: MeterCause): string {
  if (cause.kind === 'halt') return `Checkrein: the emergency stop #${cause.generation} is in force; this session ends`;
  if (cause.kind === 'ledger')
    return `Checkrein: the ledger ${LOST[cause.how]}, so that nobody could stop this session; it ends`;
  const amount = AMOUNTS[cause.limit];
  return `Checkrein: this session has used ${amount(cause.used)}, of which ${amount(cause.allowed)} are allowed; it ends`;
}

const LOST: Readonly<Record<LedgerLoss, string>> = { gone: 'is gone', rewound: 'was set back' };

/** Why one call is refused, for the agent and for readers of its log. */
export function refusalText({ because, path }: Pick<RefusedCall, 'because' | 'path'>): string {
  const where = path === null || path === '' ? '' : ` (${inertLine(path)})`;
  switch (because) {
    case 'read_only':
      return `Checkrein: this agent may change nothing${where}`;
    case 'scope':
      return `Checkrein: this lies outside of what this agent may touch and use${where}`;
    case 'halt':
      return 'Checkrein: the emergency stop is in force';
    case 'ledger':
      return 'Checkrein: the ledger is lost, so that nobody could stop this agent';
    case 'limit':
      return 'Checkrein: this session has passed its limit';
    default:
      return because satisfies never;
  }
}
