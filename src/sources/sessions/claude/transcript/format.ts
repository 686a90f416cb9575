import type { SessionFormat } from '../../format.ts';
import { readClaudeTranscript } from './parse.ts';
import { CLAUDE_TRANSCRIPT } from './reading.ts';
import { isTranscriptRow } from './transcript-row.ts';

/** The transcripts that Claude Code keeps of its sessions, and the export of its web version. */
export const claudeTranscript: SessionFormat = {
  name: CLAUDE_TRANSCRIPT,
  engine: 'claude',
  title: 'a Claude transcript',
  recognises: ({ records }) => records.some((record) => isTranscriptRow(record) || Array.isArray(record['loglines'])),
  read: readClaudeTranscript,
};
