import { keptName } from '../../../core/redact.ts';
import { type SessionDetail, UNKNOWN_DETAIL } from '../../../core/session.ts';
import { filesChangedOf } from '../changed-files.ts';
import type { JsonObject } from '../json/fields.ts';
import { deniedToolsOf } from '../tool-uses.ts';
import type { ChosenCost, Sources } from './figures.ts';
import { isUnguarded, serversIn } from './init.ts';
import { changesIn, type ToolEvents } from './tools.ts';

/** At most this many models are kept. */
const MAX_MODELS = 20;

/** Model names in the form that may be stored, without duplicates. */
export function keptModels(models: readonly string[]): readonly string[] {
  const names = [...new Set(models)].slice(0, MAX_MODELS).map((model) => keptName(model));
  return [...new Set(names)].filter((name) => name !== '');
}

/** Figures already derived from the messages. */
interface Told {
  readonly computed: ChosenCost;
  readonly unpriced: readonly string[];
  readonly repeats: SessionDetail['repeats'];
}

/** Session details other than tokens, cost and tools. */
export function executionDetail(
  messages: readonly JsonObject[],
  events: ToolEvents,
  { result, responses, damaged }: Sources,
  { computed, unpriced, repeats }: Told,
): SessionDetail {
  const inits = messages.filter((message) => message['type'] === 'system' && message['subtype'] === 'init');
  const spoke = messages.some((message) => message['type'] === 'assistant');
  return {
    ...UNKNOWN_DETAIL,
    // After a crash the report may be 0 although responses took time.
    apiDuration: (responses.length > 0 ? result?.apiDuration || null : result?.apiDuration) ?? null,
    servers: serversIn(inits),
    limitsHit: result?.limitsHit ?? null,
    cutOff: result === null,
    filesChanged: filesChangedOf(changesIn(events), spoke && !damaged),
    deniedTools: result?.denied == null ? null : deniedToolsOf(result.denied),
    repeats,
    unguarded: isUnguarded(inits.map((init) => init['permissionMode'])),
    computedCost: computed.value,
    computedState: computed.state,
    unpricedModels: keptModels(unpriced),
  };
}
