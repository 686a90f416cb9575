import type { MeteredJob } from './job.ts';

/** Sends something to the meter of a job. */
export async function post(
  { meter }: MeteredJob,
  path: string,
  body: string,
  key: string = meter.handle.key,
): Promise<Response> {
  return await fetch(`http://127.0.0.1:${meter.handle.port}/${key}/${path}`, { method: 'POST', body });
}

/** What Claude Code says of itself in telemetry. */
export const SERVICE: object = { attributes: [{ key: 'service.name', value: { stringValue: 'claude-code' } }] };

/** Telemetry of a request whose numbers are all the same. */
export function requestOf(value: object): object {
  return { resourceLogs: [resourceOf(value)] };
}

/** The same as one of several resources. */
export function resourceOf(value: object): object {
  const numbers = ['cost_usd', 'input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_creation_tokens'];
  const attributes = [
    ...[
      { key: 'event.name', value: { stringValue: 'api_request' } },
      { key: 'request_id', value: { stringValue: JSON.stringify(value) } },
    ],
    ...numbers.map((key) => ({ key, value })),
  ];
  const logRecords = [{ body: { stringValue: 'claude_code.api_request' }, attributes }];
  return { resource: SERVICE, scopeLogs: [{ logRecords }] };
}
