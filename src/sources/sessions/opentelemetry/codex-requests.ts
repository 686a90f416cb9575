import type { ModelRequest } from '../codex/requests.ts';
import { asAmount } from '../json/fields.ts';
import { byModel, countIn, type LogEvent, latestOf, type MetricPoint, sumPoints, textIn } from './otlp.ts';

/** The requests with a complete response, from events. An event that was sent twice counts once. */
export function requestsIn(events: readonly LogEvent[]): readonly ModelRequest[] {
  const seen = new Set<string>();
  return events.flatMap((event) => {
    const request = requestIn(event);
    const spelling = event.at === null ? null : JSON.stringify([event.at, ...event.attributes]);
    if (request === null || (spelling !== null && seen.has(spelling))) return [];
    if (spelling !== null) seen.add(spelling);
    return [request];
  });
}

function requestIn({ name, attributes, at }: LogEvent): ModelRequest | null {
  if (name !== 'sse_event' || attributes.get('event.kind') !== 'response.completed') return null;
  const input = countIn(attributes, 'input_token_count');
  const output = countIn(attributes, 'output_token_count');
  // Zeros are written when no count was seen.
  if (input === null || output === null || input + output === 0) return null;
  const used = {
    input,
    output,
    cached: countIn(attributes, 'cached_token_count'),
    written: countIn(attributes, 'cache_write_token_count'),
  };
  const fast = ['fast', 'priority'].includes(textIn(attributes, 'service_tier') ?? '');
  return { model: textIn(attributes, 'model'), used, fast, at };
}

/** The tokens of metrics by model, because single requests cannot be told apart. */
export function meteredRequests(points: readonly MetricPoint[]): readonly ModelRequest[] {
  const used = points.filter(({ metric }) => metric === 'codex.turn.token_usage');
  return [...byModel(used)].flatMap(([model, own]) => {
    const ofType = (type: string): number | null =>
      asAmount(sumPoints(own.filter(({ attributes }) => attributes.get('token_type') === type)));
    const [input, output] = [ofType('input'), ofType('output')];
    if (input === null || output === null || input + output === 0) return [];
    const cached = ofType('cached_input');
    return [
      { model, used: { input, output, cached, written: ofType('cache_write_input') }, fast: false, at: latestOf(own) },
    ];
  });
}
