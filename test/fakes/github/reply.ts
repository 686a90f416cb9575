/** An answer before it is checked against the schema and written out. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: no body. Bytes go out as they are, everything else as JSON. */
  readonly body?: unknown;
}

/** An answer with a JSON body. */
export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers, body };
}

/** An answer without a body. */
export function empty(status = 204, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers };
}

/** GitHub's way to say no; thrown anywhere in a handler. */
export class Refusal extends Error {
  readonly reply: Reply;
  constructor(status: number, message: string, more: { headers?: Record<string, string>; errors?: unknown[] } = {}) {
    super(message);
    this.name = 'Refusal';
    const body = {
      message,
      ...(more.errors ? { errors: more.errors } : {}),
      documentation_url: 'https://docs.github.com/rest',
      status: String(status),
    };
    this.reply = json(body, status, more.headers ?? {});
  }
}

/** 404 unless there is something. */
export function found<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Refusal(404, 'Not Found');
  return value;
}

/** 422 in the shape of a failed validation. */
export function invalid(resource: string, field: string, message: string): Refusal {
  return new Refusal(422, 'Validation Failed', { errors: [{ resource, field, code: 'custom', message }] });
}
