/**
 * An account under which agents open pull requests, identified by GitHub's number. Logins can be taken over by others;
 * numbers cannot.
 */
export interface AgentAccount {
  readonly id: number;
  readonly login: string;
  /** The engine whose agents use it; null for the account that all workflows of the repository share. */
  readonly engine: string | null;
}

/** Add an account here, and a stop holds back its pull requests. */
export const AGENT_ACCOUNTS: readonly AgentAccount[] = [
  { id: 41_898_282, login: 'github-actions[bot]', engine: null },
  { id: 209_825_114, login: 'claude[bot]', engine: 'claude' },
  { id: 198_982_749, login: 'Copilot', engine: 'copilot' },
];
