/** Far more than any answer that we ask for. */
const MOST_BYTES = 1_000_000;

/** What is known about the requests of one question. */
export interface Flight {
  /** `sent` is called before each try, `refused` after an error response, which is not billed. */
  sent(): void;
  refused(): void;
  /** The connection could not be established. */
  unreached(): void;
  tooLarge(): void;
  isTooLarge(): boolean;
  /** Whether a provider may bill something: for a try that it accepted without an answer arriving. */
  charged(): 'nothing' | 'unknown';
}

/** For a question without a request so far. */
export function newFlight(): Flight {
  let open = 0;
  let large = false;
  const close = (): void => {
    open -= 1;
  };
  return {
    sent: () => {
      open += 1;
    },
    refused: close,
    unreached: close,
    tooLarge: () => {
      large = true;
    },
    isTooLarge: () => large,
    charged: () => (open > 0 ? 'unknown' : 'nothing'),
  };
}

/** `fetch` that follows no redirects, so the key goes nowhere else, and limits how much of an answer is read. */
export function boundedFetch(flight: Flight): typeof fetch {
  return async (input, init) => {
    flight.sent();
    const response = await reached(flight, () => fetch(input, { ...init, redirect: 'error' }));
    if (!response.ok) flight.refused();
    const body = await readBody(response);
    if (body === null) flight.tooLarge();
    const headers = new Headers(response.headers);
    // It is decoded by now.
    headers.delete('content-encoding');
    headers.delete('content-length');
    if (body === null) headers.set('x-should-retry', 'false');
    return new Response(body, { status: body === null ? 413 : response.status, headers });
  };
}

/** There is no server, so nothing was accepted. */
const UNREACHED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'];

async function reached(flight: Flight, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    const cause: unknown = error instanceof Error ? error.cause : null;
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
    if (UNREACHED.includes(code)) flight.unreached();
    throw error;
  }
}

/** Null for a body that is too large; the rest of it is not read. */
async function readBody({ body }: Response): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > MOST_BYTES) return null;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
