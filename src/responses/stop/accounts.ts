/** An account that agents open pull requests under, by the number that GitHub gave it. Logins can be taken by others; numbers cannot. */
export interface AgentAccount {
  readonly id: number;
  readonly login: string;
  /** The engine whose agents work under it; null for the account that every workflow of the repository shares. */
  readonly engine: string | null;
}

/** Add an account here, and a stop holds back its pull requests. */
export const AGENT_ACCOUNTS: readonly AgentAccount[] = [
  { id: 41_898_282, login: 'github-actions[bot]', engine: null },
  { id: 209_825_114, login: 'claude[bot]', engine: 'claude' },
  { id: 198_982_749, login: 'Copilot', engine: 'copilot' },
];
