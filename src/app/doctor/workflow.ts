/** How much of one permission a token has. */
export type Access = 'none' | 'read' | 'write';

/** What a job's token may do, as far as the workflow file says. */
export type Grants =
  | { readonly kind: 'listed'; readonly access: Readonly<Record<string, Access>> }
  /** `read-all` or `write-all`. */
  | { readonly kind: 'all'; readonly access: 'read' | 'write' }
  /** Neither job nor workflow says. Then a setting of the repository decides, which the file does not show. */
  | { readonly kind: 'unsaid' };

/** A step that runs Checkrein. */
export interface OwnStep {
  /** The input `command`; `auto` when it is not set. */
  readonly command: string;
  /** CHECKREIN_APPLY and CHECKREIN_GATHER as they reach the step; null when not set. */
  readonly apply: string | null;
  readonly gather: string | null;
  /** True when it uses a token other than the job's, so that the job's permissions decide nothing. */
  readonly ownToken: boolean;
  /** Names of the environment variables the file passes to it. */
  readonly env: readonly string[];
}

/** A job that runs Checkrein. */
export interface OwnJob {
  readonly file: string;
  readonly job: string;
  /** The events that can start it, sorted; empty when the file does not say. */
  readonly events: readonly string[];
  readonly grants: Grants;
  readonly steps: readonly OwnStep[];
  /** When GitHub ends it; null when an expression sets it. */
  readonly minutes: number | null;
  /** True when other steps use the token too, so that nobody can say which of its permissions are not needed. */
  readonly shared: boolean;
}

/** The jobs of a workflow that run Checkrein, in file order. Pure; `parsed` is the value of its YAML. */
export function ownJobs(file: string, parsed: unknown): readonly OwnJob[] {
  const workflow = record(parsed);
  const events = eventsOf(workflow['on']);
  return Object.entries(record(workflow['jobs'])).flatMap(([name, value]) => {
    const job = record(value);
    const steps = (Array.isArray(job['steps']) ? job['steps'] : []).map(record);
    const own = steps.filter(isOwn);
    if (own.length === 0) return [];
    const environments = [record(workflow['env']), record(job['env'])];
    return [
      {
        file,
        job: name,
        events: eventsLeft(events, textOf(job['if']) ?? ''),
        grants: grantsOf(job['permissions'] ?? workflow['permissions']),
        steps: own.map((step) => ownStep(step, environments)),
        minutes: minutesOf(job['timeout-minutes']),
        shared: steps.some((step) => !isOwn(step) && !isHarmless(step)),
      },
    ];
  });
}

/** Whether a text that is not valid YAML may still be meant to run Checkrein. */
export function mentionsUs(text: string): boolean {
  return /uses:\s*['"]?(\.\/|[\w.-]+\/checkrein(\/|@))/i.test(text);
}

type Fields = Readonly<Record<string, unknown>>;

function isOwn(step: Fields): boolean {
  return /^(\.\/?|[^/]+\/checkrein(\/.*)?)(@.*)?$/i.test(textOf(step['uses']) ?? '');
}

/** A checkout needs `contents: read`, which every job of ours has. */
function isHarmless(step: Fields): boolean {
  return (textOf(step['uses']) ?? '').startsWith('actions/checkout@');
}

function ownStep(step: Fields, environments: readonly Fields[]): OwnStep {
  const inputs = record(step['with']);
  const env = Object.assign({}, ...environments, record(step['env'])) as Fields;
  return {
    command: textOf(inputs['command']) || 'auto',
    apply: textOf(env['CHECKREIN_APPLY']),
    gather: textOf(env['CHECKREIN_GATHER']),
    ownToken: !isTokenOfJob(textOf(inputs['github-token']) ?? ''),
    env: Object.keys(env),
  };
}

function isTokenOfJob(text: string): boolean {
  return text === '' || /^\$\{\{\s*(github\.token|secrets\.GITHUB_TOKEN)\s*\}\}$/i.test(text);
}

function grantsOf(said: unknown): Grants {
  if (said === undefined || said === null) return { kind: 'unsaid' };
  if (said === 'read-all') return { kind: 'all', access: 'read' };
  if (said === 'write-all') return { kind: 'all', access: 'write' };
  // GitHub has no other keys, and anything else must not be offered for pasting.
  const listed = Object.entries(record(said)).filter(([key]) => /^[a-z][a-z-]{0,40}$/.test(key));
  return { kind: 'listed', access: Object.fromEntries(listed.map(([key, access]) => [key, accessOf(access)])) };
}

function accessOf(text: unknown): Access {
  return text === 'read' || text === 'write' ? text : 'none';
}

/** GitHub's default when the job does not say. */
const DEFAULT_MINUTES = 360;

function minutesOf(said: unknown): number | null {
  if (said === undefined || said === null) return DEFAULT_MINUTES;
  return typeof said === 'number' ? said : null;
}

function eventsOf(on: unknown): readonly string[] {
  const names =
    typeof on === 'string' ? [on] : Array.isArray(on) ? on.filter((name) => typeof name === 'string') : null;
  return [...(names ?? Object.keys(record(on)))].sort();
}

/** Reads the usual forms of an `if`: the events it excludes by name, or the only ones it allows. */
function eventsLeft(events: readonly string[], condition: string): readonly string[] {
  const named = (sign: '==' | '!='): ReadonlySet<string> =>
    new Set(
      [...condition.matchAll(/github\.event_name\s*(==|!=)\s*'(\w+)'/g)].flatMap(([, s, n = '']) =>
        s === sign ? [n] : [],
      ),
    );
  const [only, not] = [named('=='), named('!=')];
  if (not.size > 0) return events.filter((event) => !not.has(event));
  return only.size === 0 ? events : events.filter((event) => only.has(event));
}

function record(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** Numbers and booleans in YAML become text in an environment. */
function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value.trim();
  return typeof value === 'boolean' || typeof value === 'number' ? String(value) : null;
}
