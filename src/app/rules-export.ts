import { varsOf } from '../config/vars.ts';
import { plainLine } from '../core/text.ts';
import { measure } from '../metrics/current.ts';
import { exposition } from '../metrics/exposition.ts';
import { prometheusRules } from '../rules/conditions/promql.ts';
import type { Invocation } from './command-line.ts';
import { serversIn } from './conditions.ts';
import { didYouMean } from './did-you-mean.ts';
import { lookIntoLedger } from './ledger-facts.ts';
import { loadLocalConfig } from './load-config.ts';
import { EXIT, UsageError, type World } from './world.ts';

const FORMATS = ['prometheus', 'metrics'];

/** `checkrein rules export --format prometheus | metrics`. */
export async function rulesExport(invocation: Invocation, world: World): Promise<number> {
  const format = invocation.value('format') ?? 'prometheus';
  switch (format) {
    case 'prometheus': {
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
        `--format wants one of ${FORMATS.join(', ')}, not '${plainLine(format)}'.${didYouMean(format, FORMATS)}`,
      );
  }
}
