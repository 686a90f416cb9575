/** One flag of a command, as `--help` and docs/commands.md show it. */
export interface OptionDoc {
  readonly flag: string;
  /** What follows the flag, for example `PATH`; absent for a switch. */
  readonly value?: string;
  /** May be given more than once. */
  readonly many?: true;
  readonly summary: string;
}

/** One verb of the command line, as `--help` and docs/commands.md show it. */
export interface CommandDoc {
  readonly name: string;
  /** One line of the general help. */
  readonly summary: string;
  /** What follows the name, for example `PATH…`. */
  readonly operands: string;
  /** What each verb after the name does, for commands that take one of several. */
  readonly verbs?: readonly (readonly [verb: string, does: string])[];
  readonly options: readonly OptionDoc[];
  /** Exit codes other than 0 (done) and 2 (bad usage or configuration). */
  readonly exits: Readonly<Record<string, string>>;
  readonly examples: readonly string[];
}

export const JSON_OUT: OptionDoc = {
  flag: 'json',
  summary: 'Print JSON for programs; the shape is a stable contract.',
};
export const NOW: OptionDoc = { flag: 'now', value: 'TIME', summary: 'Take this ISO 8601 moment as the present.' };
export const LEDGER: OptionDoc = {
  flag: 'ledger',
  value: 'ADDRESS',
  summary:
    'Where the ledger is: `dir:PATH`, `branch:OWNER/NAME[@REF]`, `postgres://…` or `memory:` (default: ' +
    'CHECKREIN_DATABASE_URL, else `dir:.checkrein`).',
};
export const CONFIG: OptionDoc = {
  flag: 'config',
  value: 'PATH',
  summary: 'A configuration file on this machine (default: `.github/checkrein.yml` in this folder, if there is one).',
};
export const CONFIG_OF_WATCH: OptionDoc = {
  flag: 'config',
  value: 'PATH',
  summary:
    'A configuration file on this machine (default: `.github/checkrein.yml`, if there is one: with `--repo` on the default ' +
    'branch of the repository, else in this folder).',
};
export const REPO_OF_STOP: OptionDoc = {
  flag: 'repo',
  value: 'OWNER/NAME',
  summary: 'The repository of the agents (needs GITHUB_TOKEN). Required.',
};
export const LEDGER_OF_REPO: OptionDoc = {
  flag: 'ledger',
  value: 'ADDRESS',
  summary: 'Where the ledger is (default: what the configuration says, else the branch `checkrein` of the repository).',
};
export const CONFIG_OF_REPO: OptionDoc = {
  flag: 'config',
  value: 'PATH',
  summary: 'A configuration file on this machine (default: `.github/checkrein.yml` on the default branch).',
};
/** The exit codes of a command that only succeeds or fails. */
export const FAILED: CommandDoc['exits'] = { '1': 'the command failed; the message says why and what to do' };
