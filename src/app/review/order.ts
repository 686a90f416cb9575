import type { GitHub } from '../../github/port.ts';
import { openLedger, shortLived } from '../ledger/open-ledger.ts';
import { ledgerAddressOf } from '../ledger/place.ts';
import { connect } from '../shell/connect.ts';
import { type LoadedConfig, loadLocalConfig, loadRemoteConfig } from '../shell/load-config.ts';
import { presentMoment } from '../shell/present-moment.ts';
import { homeAddress } from '../shell/version.ts';
import type { World } from '../shell/world.ts';
import type { ReviewDesk, ReviewOutcome } from './desk.ts';
import { opinionAsker } from './opinion.ts';
import { reviewPulls } from './review.ts';
import { toReview } from './sweep.ts';

/** What to review, as ordered on the command line or as an action. */
export interface ReviewOrder {
  readonly repo: string;
  /** Empty: all open pull requests of agents that were not looked at yet. */
  readonly pulls: readonly number[];
  /** Null: what the configuration says, else the branch of the repository. */
  readonly ledger: string | null;
  readonly config: { readonly local: string } | { readonly remote: string };
  readonly dryRun: boolean;
  readonly now: string | null;
}

/** The result of a review. */
export interface ReviewReport {
  readonly mode: 'shadow' | 'enforce';
  readonly outcomes: readonly ReviewOutcome[];
  /** Pull requests that are left to the next run. */
  readonly left: number;
  readonly warnings: readonly string[];
}

/**
 * Reviews pull requests.
 * @throws UsageError when the order or the configuration cannot be carried out.
 */
export async function carryOutReview(order: ReviewOrder, world: World): Promise<ReviewReport> {
  const github = await connect(order.repo, world, null);
  const { config, warnings } = await configOf(order, github);
  const fixed = order.now === null ? null : presentMoment(order.now, world);
  const now = (): string => fixed ?? world.now();
  const address = ledgerAddressOf(order.repo, order.ledger, config.ledger, world);
  const remark = shortLived(address, world);
  const ledger = await openLedger(address, { world, now, repo: order.repo, github });
  const desk: ReviewDesk = {
    ...{ github, config, now, ledger, dryRun: order.dryRun, home: homeAddress(world.env) },
    // A dry run changes nothing, so it spends nothing either.
    opinion: order.dryRun ? null : opinionAsker({ repo: order.repo, config, ledger, now }, world),
  };
  const { numbers, left } = order.pulls.length > 0 ? { numbers: order.pulls, left: 0 } : await toReview(desk);
  return {
    mode: config.review.mode ?? config.mode,
    outcomes: await reviewPulls(desk, numbers),
    left,
    warnings: remark === null ? warnings : [...warnings, remark],
  };
}

function configOf({ config }: ReviewOrder, github: GitHub): Promise<LoadedConfig> {
  return 'remote' in config ? loadRemoteConfig(github, config.remote) : loadLocalConfig(config.local);
}

/** Whether everything that was asked for was done. */
export function isDone({ outcomes }: Pick<ReviewReport, 'outcomes'>): boolean {
  return outcomes.every(({ problems }) => problems.length === 0);
}

/** The report for programs. */
export function reviewJson({ mode, outcomes, left }: ReviewReport): object {
  return {
    mode,
    left,
    reviews: outcomes.map(({ pull, passport, status, approvedBy, rejectedBy, comment, problems }) => ({
      ...{
        pull,
        head: passport?.head ?? null,
        risk: passport?.risk ?? null,
        status,
        approvedBy,
        rejectedBy,
        comment,
        problems,
      },
      passport,
    })),
  };
}
