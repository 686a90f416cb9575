import type { AloneFormat } from '../../format.ts';
import type { LineWish } from '../../json/line-feed.ts';
import { readClaudeTranscript } from './parse.ts';
import { CLAUDE_TRANSCRIPT } from './reading.ts';
import { TRANSCRIPT_ROW } from './shape.ts';
import { isTranscriptRow } from './transcript-row.ts';

/** What Claude Code keeps of its sessions for itself, and the export of its web version. */
export const claudeTranscript: AloneFormat = {
  name: CLAUDE_TRANSCRIPT,
  engine: 'claude',
  title: 'a Claude transcript',
  marks: ['"sessionId"', '"loglines"', '"isSidechain"', '"parentUuid"'],
  recognises: ({ records }) => records.some((record) => isTranscriptRow(record) || Array.isArray(record['loglines'])),
  read: readClaudeTranscript,
};

/** What is read of the lines of a transcript, which are long and many; a row of one makes a file a transcript for certain. */
export const transcriptLines: LineWish = { shape: TRANSCRIPT_ROW, isCertain: isTranscriptRow };
