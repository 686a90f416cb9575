import type { SessionFormat } from '../format.ts';
import { isNameOfGhAw } from './names.ts';
import { GH_AW_USAGE, readGhAwRun, shapeIsNew } from './parse.ts';
import { kindOf } from './records.ts';
import { runIn } from './run.ts';

/** The files that gh-aw leaves of a run: totals, lines of its proxy, its own facts, the log of its gateway, its summary. */
export const ghAwUsage: SessionFormat = {
  name: GH_AW_USAGE,
  engine: 'gh-aw',
  title: 'a usage file of gh-aw',
  recognises: ({ records }) => records.some((record) => kindOf(record) !== null),
  joined: {
    read: readGhAwRun,
    runs: ({ records }) =>
      records.filter((record) => kindOf(record) === 'info').flatMap((record) => runIn(record) ?? []),
    whyUnknown: (path) => (isNameOfGhAw(path) ? shapeIsNew(null) : null),
  },
};
