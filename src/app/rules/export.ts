import { varsOf } from '../../config/vars.ts';
import { plainLine } from '../../core/text.ts';
import { measure } from '../../metrics/current.ts';
import { exposition } from '../../metrics/exposition.ts';
import { prometheusRules } from '../../rules/conditions/promql.ts';
import { serversIn } from '../judge/conditions.ts';
import { lookIntoLedger } from '../reports/look.ts';
import { didYouMean } from '../shell/did-you-mean.ts';
import type { Invocation } from '../shell/flags.ts';
import { loadLocalConfig } from '../shell/load-config.ts';
import { quoted } from '../shell/quoted.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';

const FORMATS = ['prometheus', 'metrics'];

/** `checkrein rules export --format prometheus | metrics`. */
export async function rulesExport(invocation: Invocation, world: World): Promise<number> {
  const format = invocation.value('format') ?? 'prometheus';
  switch (format) {
    case 'prometheus': {
      const stray = ['ledger', 'now'].find((flag) => invocation.has(flag));
      if (stray !== undefined) throw new UsageError(`--${stray} goes with --format metrics: rules need no ledger.`);
      const { config, warnings } = await loadLocalConfig(invocation.value('config'));
      for (const warning of warnings) world.err.write(`checkrein: ${plainLine(warning, 1_000)}\n`);
      world.out.write(prometheusRules(config.alerts.rules, varsOf(config)));
      return EXIT.done;
    }
    case 'metrics': {
      const { facts, config, now, repo } = await lookIntoLedger(invocation, world);
      world.out.write(exposition(measure(facts, now, serversIn(facts, config)), repo));
      return EXIT.done;
    }
    default:
      throw new UsageError(
        `--format wants one of ${FORMATS.join(', ')}, not ${quoted(format)}.${didYouMean(format, FORMATS)}`,
      );
  }
}
