/** The unit of a finding's numbers, so that every reader formats them alike. */
export type Unit = 'usd' | 'tokens' | 'sessions' | 'runs' | 'ratio' | 'ms' | 'count';
