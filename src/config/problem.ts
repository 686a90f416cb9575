/** Something about a configuration file that a person should look at. */
export interface ConfigProblem {
  readonly file: string;
  /** Counted from 1; null if the file has no such place. */
  readonly line: number | null;
  readonly column: number | null;
  /** `budgets[1].usd`; empty for the file as a whole. */
  readonly path: string;
  /** What is wrong, what was expected and what was found. */
  readonly message: string;
}

/** One line for a person: `.github/checkrein.yml:7:5: budgets[1].usd: expected a number, got 'fifty'`. */
export function formatProblem({ file, line, column, path, message }: ConfigProblem): string {
  const place = line === null ? file : `${file}:${line}:${column ?? 1}`;
  return path === '' ? `${place}: ${message}` : `${place}: ${path}: ${message}`;
}

/** Writes the path of something in a file: `budgets[1].usd`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? String(step) : `${text}.${String(step)}`;
  }, '');
}

/** Like `formatProblem`, but one line even if the message has a picture below it. */
export function problemLine(problem: ConfigProblem): string {
  const [message = '', source] = problem.message.split('\n');
  const shown = source === undefined ? message : `${message} in \`${source.trim()}\``;
  return formatProblem({ ...problem, message: shown });
}
