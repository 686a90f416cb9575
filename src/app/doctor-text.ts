import { plainLine } from '../core/text.ts';
import type { DoctorReport, JobReport, PermissionGap, Unserved } from './doctor-judge.ts';

/** A diagnosis for people. File and job names come from the files, so they are made inert. */
export function doctorText(report: DoctorReport): string {
  const blocks = [...report.jobs.map(jobLines), ...report.missing.map(missingLines), [verdict(report)]];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function verdict({ ok, jobs, missing }: DoctorReport): string {
  if (ok)
    return `All is there: ${jobs.length === 1 ? 'the job' : `the ${jobs.length} jobs`} can do what the configuration asks.`;
  const short = jobs.filter(({ lacks, faults }) => lacks.length + faults.length > 0).length;
  const parts = [
    ...(short === 0 ? [] : [`${short} of ${jobs.length} jobs cannot do what they are for`]),
    ...(missing.length === 0 ? [] : [`${missing.length} ${missing.length === 1 ? 'thing is' : 'things are'} missing`]),
  ];
  return `Not all is there: ${parts.join(', and ')}.`;
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
