/** The name of the format in readings. */
export const CLAUDE_EXECUTION = 'claude-execution';
