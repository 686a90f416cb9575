import { OutsideFailure } from '../../core/failure.ts';
import { DAY, type Duration } from '../../core/time.ts';
import { profile, profileQueries, stretchOf } from '../../metrics/profile/profile.ts';
import { painter } from '../../surfaces/terminal/paint.ts';
import { profileLines } from '../../surfaces/terminal/profile.ts';
import { DEFAULT_ADDRESS, openToRead } from '../ledger/open-ledger.ts';
import { databaseOf } from '../ledger/place.ts';
import { didYouMean } from '../shell/did-you-mean.ts';
import { type Invocation, unexpected } from '../shell/flags.ts';
import { presentMoment } from '../shell/present-moment.ts';
import { quoted } from '../shell/quoted.ts';
import { jsonLine } from '../shell/screen.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';
import type { LedgerState } from '../state.ts';
import { sinceLength } from './since-length.ts';

const USUAL: Duration = 7 * DAY;
/** The comparison period before must be kept too, and days are kept for a year. */
const LONGEST: Duration = 180 * DAY;
const USUAL_WIDTH = 100;

/** `checkrein profile`: what the tools in a ledger took. */
export async function profileCommand(invocation: Invocation, world: World): Promise<number> {
  if (invocation.operands.length > 0) {
    throw new UsageError(`'profile' takes no further words, but got ${unexpected(invocation.operands)}.`);
  }
  const now = presentMoment(invocation.value('now'), world);
  const stretch = stretchOf(now, sinceLength(invocation, { usual: USUAL, longest: LONGEST }));
  const server = invocation.value('server');
  const address = invocation.value('ledger') ?? databaseOf(world) ?? DEFAULT_ADDRESS;
  const ledger = await openToRead(address, { world, now: () => now, repo: null, github: null });
  if (server !== null) refuseUnknown(server, (await ledger.read()).state);
  const asked = await Promise.all(profileQueries(stretch, server).map((query) => ledger.measures(query)));
  const found = profile(asked.flat(), stretch);
  if (invocation.has('json')) {
    world.out.write(jsonLine(found));
    return EXIT.done;
  }
  const lines = profileLines(found, painter(world.out.colour), world.out.columns ?? USUAL_WIDTH);
  world.out.write(`${lines.join('\n')}\n`);
  return EXIT.done;
}

/** A misspelt name must not look like a server that nobody calls. */
function refuseUnknown(server: string, { measures }: LedgerState): void {
  const known = new Set(
    ['session.tool.latency', 'tool.latency'].flatMap((metric) =>
      Object.keys(measures.labels[metric] ?? {}).flatMap((labels) => {
        const { server: name } = JSON.parse(labels) as { readonly server?: string };
        return name === undefined ? [] : [name];
      }),
    ),
  );
  if (known.has(server)) return;
  const others = `${didYouMean(server, [...known])} See the names with \`checkrein profile\``;
  throw new OutsideFailure({
    kind: 'not_found',
    message: `The ledger knows no MCP server ${quoted(server)}`,
    remedy: known.size === 0 ? 'No call of a server is on record yet' : others.trimStart(),
    retry: false,
  });
}
