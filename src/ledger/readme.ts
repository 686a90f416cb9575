/** The text of the file that explains the folder or branch to people who find it. */
export const README_TEXT: string = `# The ledger of Checkrein

Checkrein keeps here what it saw the AI agents of this repository do, and what it did about it: numbers, never prompts,
code or the output of tools. It is written by the program alone. Please do not edit it by hand: an edit is found and reported
as damage. What grows old is taken away once a day as the configuration says, and the record of each such cut proves what is left.

| path | holds |
|---|---|
| \`events/YYYY/MM/YYYY-MM-DD.ndjson\` | what happened on that day (UTC), one event a line |
| \`chain/NNNN.ndjson\` | one line for each time something was added: which bytes, their SHA-256, and the hash of the line before |
| \`state.json\` | what the events add up to; only a cache, it can be deleted and is remade |
| \`rollups/…\` | measures by minute, hour and day; remade like \`state.json\` |
| \`cut/NNNNNNNN/\` | what is left of everything up to that batch: \`record.json\` names the rest by hash, \`kept.ndjson\` holds the events that stay |

Read it with \`checkrein ledger show\`, check it with \`checkrein ledger verify\`, remake \`state.json\` with
\`checkrein ledger rebuild\`. By hand: the order of events is that of the lines in \`chain/\`, of the \`parts\` in each, and
of the lines in the bytes \`from\` to \`to\` of each part. The \`hash\` of a line in \`chain/\` is the SHA-256 of the line
without that member; \`prev\` is the \`hash\` of the line before. After a cut the first \`prev\` is the hash in \`record.json\`, and an event
\`ledger.compacted\` names the SHA-256 of that file.
`;
