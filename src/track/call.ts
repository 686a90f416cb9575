import { errorClassOf } from '../core/error-class.ts';
import { keptName } from '../core/redact.ts';
import { type CallLine, isAmount } from '../core/spool-line.ts';
import { fromMs } from '../core/time.ts';

/**
 * Turns what a program said of a call into the line that is kept of it: names without secrets, a class instead of a message.
 * `now` is in milliseconds since 1970.
 * @throws TypeError when a field is missing or is of the wrong kind: a mistake in the program, to be seen when it is first run.
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
  const error = optionalText(errorMessage, 'errorMessage');
  const touched = optionalText(resource, 'resource');
  return {
    ...{ v: 1, kind: 'call', at: fromMs(now) },
    ...{ server: nameOf(server, 'server'), tool: nameOf(tool, 'tool'), ms: durationMs, ok: success },
    ...(success || error === null ? {} : { error: errorClassOf(error) }),
    ...(touched === null ? {} : { resource: keptResource(touched) }),
  };
}

function nameOf(value: unknown, field: 'server' | 'tool'): string {
  if (typeof value !== 'string') throw new TypeError(`track() wants ${field} to be a name, not ${kindOf(value)}`);
  const name = keptName(value);
  if (name === '') throw new TypeError(`track() wants ${field} to be a name, not an empty text`);
  return name;
}

/** Null where there is none; an empty text is none. */
function optionalText(value: unknown, field: 'errorMessage' | 'resource'): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string') return value;
  throw new TypeError(`track() wants ${field} to be a text or left out, not ${kindOf(value)}`);
}

/** What stands behind the path of an address is content, and so is all of a `data:` address. */
function keptResource(resource: string): string {
  const path = /^data:/i.test(resource)
    ? 'data:'
    : resource.replace(/^([a-z][a-z0-9+.-]*:\/\/[^?#\s]*)[?#].*$/is, '$1');
  return keptName(path) || 'unnamed';
}

/** For messages: what kind of thing was given. Texts are not repeated: they may hold anything. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing (is it missing?)';
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (typeof value === 'string') return 'a text';
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}
