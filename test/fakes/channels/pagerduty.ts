import { jsonObject, type Receiver, type Said, startReceiver } from './receiver.ts';

/** An incident as a service of PagerDuty has it. */
export interface Incident {
  readonly routingKey: string;
  readonly dedupKey: string;
  state: 'triggered' | 'acknowledged' | 'resolved';
  readonly summary: string;
  readonly severity: string;
  /** Events that changed nothing but stand in its log. */
  repeats: number;
}

export interface FakePagerDuty extends Receiver {
  /** Every incident that was ever opened: each of them paged somebody. */
  readonly incidents: Incident[];
}

/**
 * PagerDuty's Events API v2, as its documents describe it: an event for a key that is open joins its incident, one for a key that is not
 * opens another; a resolve with another routing key is taken and does nothing.
 */
export async function startPagerDuty(): Promise<FakePagerDuty> {
  const incidents: Incident[] = [];
  const receiver = await startReceiver(({ method, path, body }) => {
    if (method !== 'POST' || path !== '/v2/enqueue') return { status: 404 };
    return enqueue(jsonObject(body), incidents);
  });
  return Object.assign(receiver, { incidents });
}

function enqueue(event: Readonly<Record<string, unknown>>, incidents: Incident[]): Said {
  const errors = faultsOf(event);
  if (errors.length > 0) {
    return {
      status: 400,
      body: JSON.stringify({ status: 'invalid event', message: 'Event object is invalid', errors }),
    };
  }
  const [routingKey, dedupKey] = [String(event['routing_key']), String(event['dedup_key'])];
  const open = incidents.find(
    (one) => one.routingKey === routingKey && one.dedupKey === dedupKey && one.state !== 'resolved',
  );
  const payload = jsonObject(JSON.stringify(event['payload'] ?? {}));
  if (event['event_action'] === 'trigger') {
    const [summary, severity] = [String(payload['summary']), String(payload['severity'])];
    if (open === undefined) incidents.push({ routingKey, dedupKey, state: 'triggered', summary, severity, repeats: 0 });
    else open.repeats += 1;
  } else if (open !== undefined) open.state = event['event_action'] === 'resolve' ? 'resolved' : 'acknowledged';
  return { status: 202, body: JSON.stringify({ status: 'success', message: 'Event processed', dedup_key: dedupKey }) };
}

function faultsOf(event: Readonly<Record<string, unknown>>): readonly string[] {
  const payload = jsonObject(JSON.stringify(event['payload'] ?? {}));
  const action = String(event['event_action']);
  const summary = payload['summary'];
  const dedup = String(event['dedup_key'] ?? '');
  return [
    ...(String(event['routing_key'] ?? '').length === 32 ? [] : ["'routing_key' is invalid"]),
    ...(['trigger', 'acknowledge', 'resolve'].includes(action) ? [] : ["'event_action' is invalid"]),
    ...(dedup.length > 0 && dedup.length <= 255
      ? []
      : ["Length of 'dedup_key' is incorrect (should be between 1 and 255)"]),
    ...(action !== 'trigger' || (typeof summary === 'string' && summary.length > 0 && summary.length <= 1024)
      ? []
      : ["'payload.summary' is missing or blank"]),
    ...(action !== 'trigger' || ['critical', 'error', 'warning', 'info'].includes(String(payload['severity']))
      ? []
      : ["'payload.severity' is invalid"]),
    ...(action !== 'trigger' || typeof payload['source'] === 'string' ? [] : ["'payload.source' is missing or blank"]),
  ];
}
