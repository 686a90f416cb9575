import { learnForm } from '../../json/learn-form.ts';
import type { LineWish, PassedRecord } from '../../json/line-feed.ts';
import { type RowForm, readForm } from '../../json/row-form.ts';
import type { ScannedBytes } from '../../json/scan.ts';
import { skim } from '../../json/skim.ts';
import { USAGE_ROW } from './shape.ts';
import { type UsageRow, usageForm, usageRowFrom, usageRowOf } from './usage-row.ts';

/** A form that rows of the file are written in, and one of those rows. */
interface KnownForm {
  readonly form: RowForm;
  readonly like: UsageRow;
}

/** The forms of the rows that were read last: files beside each other are written alike. */
const forms: KnownForm[] = [];

/**
 * How the names of all counts of tokens end. A search for it goes as fast as the machine can, because texts seldom hold its first
 * letter; one for a quote stops everywhere.
 */
const NAME_OF_TOKENS = '_tokens"';

/** A file is written in few forms: a main conversation, its subagents, each by one version of the program. */
const MOST_FORMS = 12;

/** A file whose rows are all written in forms of their own is not worth learning them. */
const MOST_LEARNT = 60;

/** What is wanted of a transcript of which only the usage is read. For one file. */
export function usageWish(): Omit<LineWish<UsageRow>, 'atOnce'> {
  let [count, learnt] = [0, 0];
  const whole = (record: Parameters<typeof usageRowOf>[0]): UsageRow => usageRowOf(record, count++);
  return {
    mark: NAME_OF_TOKENS,
    isCertain: ({ certain }) => certain,
    whole,
    pass: (room, from, mark) => {
      const alike = inKnownForm(room, from, mark);
      if (alike !== null) return alike;
      const skimmed = skim(room, from, USAGE_ROW);
      if (skimmed === null) return null;
      const row = whole(skimmed.record);
      const form = row.response !== null && learnt++ < MOST_LEARNT ? learnForm(room, from, usageForm(row)) : null;
      if (form !== null) {
        forms.unshift({ form, like: row });
        forms.length = Math.min(forms.length, MOST_FORMS);
      }
      return { record: row, end: skimmed.end };
    },
  };
}

/** The row at `from` in the form of one before it; the form comes to the front, for the next row is likely to be alike. */
function inKnownForm(room: ScannedBytes, from: number, mark: number): PassedRecord<UsageRow> | null {
  for (const [index, known] of forms.entries()) {
    const end = readForm(known.form, room, from, mark);
    if (end < 0) continue;
    const record = usageRowFrom(known.form, known.like);
    if (record === null) return null;
    if (index > 0) {
      forms.splice(index, 1);
      forms.unshift(known);
    }
    return { record, end };
  }
  return null;
}
