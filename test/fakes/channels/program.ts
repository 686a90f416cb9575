import { createHmac, timingSafeEqual } from 'node:crypto';
import { jsonObject, type Receiver, startReceiver } from './receiver.ts';

/** A program of somebody's that is called by our webhook and does what the documents advise. */
export interface FakeProgram extends Receiver {
  readonly webhook: string;
  readonly secret: string;
  /** Messages by their keys: one that comes twice is one. */
  readonly taken: Map<string, Readonly<Record<string, unknown>>>;
}

const SECRET = 'planted-webhook-signing-key';

/** Checks the signature and the age of each call before it looks at it. `now` is in seconds since 1970. */
export async function startProgram(now: () => number): Promise<FakeProgram> {
  const taken = new Map<string, Readonly<Record<string, unknown>>>();
  const receiver = await startReceiver(({ headers, body }) => {
    const timestamp = String(headers['x-checkrein-timestamp']);
    const key = String(headers['idempotency-key']);
    const wanted = `v1=${createHmac('sha256', SECRET).update(`${timestamp}.${key}.${body}`).digest('hex')}`;
    const given = Buffer.from(String(headers['x-checkrein-signature']));
    if (given.length !== wanted.length || !timingSafeEqual(given, Buffer.from(wanted))) return { status: 401 };
    if (!(Math.abs(now() - Number(timestamp)) <= 300)) return { status: 401 };
    taken.set(key, jsonObject(body));
    return { status: 204 };
  });
  return Object.assign(receiver, { taken, secret: SECRET, webhook: `${receiver.url}/hook/planted-webhook-path` });
}

/** An Alertmanager's API v2, as far as alerts are posted: it knows them by their labels. The real one is tried elsewhere. */
export interface FakeAlertmanager extends Receiver {
  /** By canonical labels. */
  readonly alerts: Map<string, Readonly<Record<string, unknown>>>;
}

export async function startAlertmanager(): Promise<FakeAlertmanager> {
  const alerts = new Map<string, Readonly<Record<string, unknown>>>();
  const receiver = await startReceiver(({ path, body }) => {
    if (path !== '/api/v2/alerts') return { status: 404 };
    const sent: unknown = JSON.parse(body);
    if (!Array.isArray(sent)) return { status: 400 };
    for (const alert of sent) {
      if (typeof alert.labels?.alertname !== 'string' || Date.parse(alert.endsAt) < Date.parse(alert.startsAt)) {
        return { status: 400 };
      }
      alerts.set(JSON.stringify(Object.entries(alert.labels).sort()), alert);
    }
    return { status: 200 };
  });
  return Object.assign(receiver, { alerts });
}
