/** Only the beginning of a message is looked at; the rest is detail. */
const CONSIDERED = 2_048;

/** For a message that names no class of its own and contains none of the words below. */
const OTHER = 'other';

const SYSTEM =
  /\b(ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|ESOCKETTIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE|EACCES|EPERM|ENOENT|EEXIST|ENOSPC|EDQUOT|EMFILE|EROFS|EISDIR|ENOTDIR|EBUSY|EINVAL|EHOSTUNREACH|ENETUNREACH|ABORT_ERR)\b/;
const HTTP = /\b(?:http(?:\/\d(?:\.\d)?)?|status(?:[ _-]?code)?)["']?[ :=]{0,3}([45]\d\d)(?!\d)/i;
/** JSON-RPC 2.0, section 5.1: the codes that MCP servers answer with. */
const RPC = /(?<![\w.])-(32\d{3})(?!\d)/;
const EXCEPTION = /^(?:uncaught |unhandled )?([A-Z][A-Za-z]{0,28}(?:Error|Exception))(?![A-Za-z])/i;
const EXIT = /\bexit(?:ed with)?(?: with)?(?: code| status)[ :=]{1,3}(\d{1,3})(?!\d)/i;

const WORDS: readonly (readonly [string, RegExp])[] = [
  ['timeout', /\btime[d ]?-?\s?out\b|deadline exceeded/i],
  ['rate_limited', /\brate.?limit|too many requests/i],
  [
    'denied',
    /\b(?:permission|access) denied|\bforbidden\b|\bunauthori[sz]ed\b|not (?:allowed|permitted|authori[sz]ed)/i,
  ],
  ['not_found', /\bnot found\b|\bno such\b|does not exist|\bunknown (?:tool|method|resource)/i],
  ['cancelled', /\bcancel|\babort/i],
  ['invalid', /\binvalid\b|\bvalidation\b|\bmalformed\b|\bparse\b|\bschema\b|unexpected (?:token|end)/i],
  ['network', /\bnetwork\b|\bconnection\b|\bsocket\b|\bdns\b|fetch failed/i],
  ['unavailable', /\bunavailable\b|\boverloaded\b/i],
];

/**
 * The class of an error, taken from its message: a system error code, an HTTP status, a JSON-RPC code, the name of an exception, an
 * exit code, or a word of ours; `other` if none is found. Nothing else of the text is kept.
 */
export function errorClassOf(message: string): string {
  const text = message.slice(0, CONSIDERED).trimStart();
  const system = SYSTEM.exec(text)?.[1];
  if (system !== undefined) return system;
  for (const [prefix, pattern] of [
    ['http_', HTTP],
    ['rpc_', RPC],
    ['', EXCEPTION],
    ['exit_', EXIT],
  ] as const) {
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) return `${prefix}${found}`;
  }
  return WORDS.find(([, pattern]) => pattern.test(text))?.[0] ?? OTHER;
}

/** A class written down by somebody else if it is well-formed, else `other`. */
export function keptErrorClass(text: string): string {
  return /^[A-Za-z][A-Za-z0-9_]{0,39}$/.test(text) ? text : OTHER;
}
