import { errorClassOf } from '../core/error-class.ts';
import { keptName } from '../core/redact.ts';
import { type CallLine, isAmount } from '../core/spool-line.ts';
import { fromMs } from '../core/time.ts';

/**
 * Turns a program's report of a call into the line that is kept: names without secrets, a class instead of a message. `now`
 * is in milliseconds since 1970.
 * @throws TypeError when a required field is missing or of the wrong kind: a bug in the program, to be seen when it is first
 * run.
 */
export function callLine(call: unknown, now: number): CallLine {
  if (typeof call !== 'object' || call === null) {
    throw new TypeError(`track() wants { server, tool, durationMs, success }, not ${kindOf(call)}`);
  }
  const { server, tool, durationMs, success, errorMessage, resource } = call as Readonly<Record<string, unknown>>;
  if (!isAmount(durationMs)) {
    throw new TypeError(
      `track() wants durationMs to be a number of milliseconds that is not below 0, not ${kindOf(durationMs)}`,
    );
  }
  if (typeof success !== 'boolean') {
    throw new TypeError(`track() wants success to be true or false, not ${kindOf(success)}`);
  }
  const error = success ? null : errorClass(errorMessage);
  return {
    ...{ v: 1, kind: 'call', at: fromMs(now) },
    ...{ server: nameOf(server, 'server'), tool: nameOf(tool, 'tool'), ms: durationMs, ok: success },
    ...(error === null ? {} : { error }),
    ...(typeof resource === 'string' && resource !== '' ? { resource: keptResource(resource) } : {}),
  };
}

function nameOf(value: unknown, field: 'server' | 'tool'): string {
  if (typeof value !== 'string') throw new TypeError(`track() wants ${field} to be a name, not ${kindOf(value)}`);
  const name = keptName(value);
  if (name === '') throw new TypeError(`track() wants ${field} to be a name, not an empty text`);
  return name;
}

/**
 * Null when nothing is given. An `Error` works like its message, and anything else is `other`. A field that is only given
 * when something went wrong is never refused, because that would break a program at its worst moment.
 */
function errorClass(message: unknown): string | null {
  if (message === undefined || message === null || message === '') return null;
  if (message instanceof Error) return errorClassOf(`${message.name}: ${message.message}`);
  return errorClassOf(typeof message === 'string' ? message : '');
}

/** Everything after the path of an address is content, and so is all of a `data:` address. */
function keptResource(resource: string): string {
  const path = /^data:/i.test(resource)
    ? 'data:'
    : resource.replace(/^([a-z][a-z0-9+.-]*:\/\/[^?#\s]*)[?#].*$/is, '$1');
  return keptName(path) || 'unnamed';
}

/** For messages: what kind of value was given. Texts are not repeated, because they may contain anything. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing (is it missing?)';
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (typeof value === 'string') return 'a text';
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}
