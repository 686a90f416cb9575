import { formatMoment } from '../../core/quantity.ts';
import { plainLine } from '../../core/text.ts';
import type { DoctorReport, JobReport, PermissionGap, Unserved } from './judge.ts';
import type { WaitingEvents } from './waiting.ts';

/** A diagnosis for people. File and job names come from the files, so they are made inert. */
export function doctorText(report: DoctorReport): string {
  const { jobs, missing, unsound, waiting } = report;
  const wrong =
    unsound.length === 0
      ? []
      : [['The configuration:', ...unsound.map((line) => `  wrong: ${plainLine(line, 1_000)}`)]];
  const waits = waiting === null ? [] : [waitingLines(waiting)];
  const blocks = [...jobs.map(jobLines), ...missing.map(missingLines), ...wrong, ...waits, [verdict(report)]];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function waitingLines({ place, events, since, unsure }: WaitingEvents): readonly string[] {
  const many = `${events} event${events === 1 ? '' : 's'}`;
  const head = `${many} ${events === 1 ? 'has' : 'have'} been put by in ${place} since ${formatMoment(since)}, when the database of the ledger was away.`;
  return [
    plainLine(head, 400),
    unsure === null
      ? '  The ledger lacks the last of them: the next watch that reaches the database moves them there.'
      : `  Whether the ledger has them is not known: ${plainLine(unsure, 300)}.`,
  ];
}

function verdict({ ok, jobs, missing, unsound }: DoctorReport): string {
  if (ok)
    return `Nothing is missing: ${jobs.length === 1 ? 'the job' : `the ${jobs.length} jobs`} can do what the configuration asks.`;
  const short = jobs.filter(({ lacks, faults }) => lacks.length + faults.length > 0).length;
  const parts = [
    ...(short === 0 ? [] : [`${short} of ${jobs.length} jobs cannot do what they are for`]),
    ...(unsound.length === 0
      ? []
      : [`${unsound.length} of your rules or channels ${unsound.length === 1 ? 'is' : 'are'} wrong`]),
    ...(missing.length === 0 ? [] : [`${missing.length} ${missing.length === 1 ? 'thing is' : 'things are'} missing`]),
  ];
  return `Something is missing: ${parts.join(', and ')}.`;
}

function jobLines({ file, job, does, lacks, more, faults, notes, permissions }: JobReport): readonly string[] {
  const state = lacks.length + faults.length === 0 ? 'ok' : 'LACKING';
  return [
    plainLine(`${file}, job ${job}: ${state}. It does: ${does.join('; ') || 'nothing'}.`, 400),
    ...faults.map((fault) => `  wrong: ${plainLine(fault, 400)}`),
    ...lacks.map((gap) => `  lacks ${gap.permission}: ${gap.needs} (${hasText(gap)}), to ${gap.why}`),
    ...paste(permissions, 'Write into this job:'),
    ...more.map((gap) => `  has more than it needs: ${plainLine(gap.permission, 60)} (${gap.has}, needs ${gap.needs})`),
    ...notes.map((note) => `  note: ${note}`),
  ];
}

function hasText({ has }: PermissionGap): string {
  return has === null ? 'neither the job nor the workflow says what it has' : `has ${has}`;
}

function missingLines({ what, remedy, permissions }: Unserved): readonly string[] {
  return [plainLine(`${what}.`, 400), `  ${plainLine(remedy, 400)}.`, ...paste(permissions, 'It needs:')];
}

function paste(permissions: readonly string[], head: string): readonly string[] {
  return permissions.length === 0 ? [] : [`  ${head}`, ...permissions.map((line) => `    ${line}`)];
}
