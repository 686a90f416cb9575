import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { attempt } from '../../core/failure.ts';
import { inertMarkdown, plainLine } from '../../core/text.ts';
import type { ActionEvent } from '../../github/event.ts';
import { isLead, leadSentence } from '../../people/authorise.ts';
import { type ResumeReport, resumeMarkdown, resumeOutcome } from '../../surfaces/resumption.ts';
import type { ActionHost } from '../shell/action-host.ts';
import { CONFIG_PATH } from '../shell/config-path.ts';
import { namesIn, typedInto } from '../shell/halt-inputs.ts';
import { EXIT, type World } from '../shell/world.ts';
import { reasonOf } from './resume-command.ts';
import { carryOutResume, type ResumeOrder } from './resume-order.ts';

/** `resume` as the runner calls it: for leads, with outputs, annotations and a job summary. */
export async function resumeAction(host: ActionHost, event: ActionEvent, world: World): Promise<number> {
  const token = host.input('github-token');
  const end = await carryOutResume(orderOf(host, event, world), {
    ...world,
    env: { ...world.env, GITHUB_TOKEN: token },
  });
  if (end.kind === 'refused') {
    host.error(plainLine(`Not resumed: ${end.why}`, 1_000));
    host.output('status', 'unknown');
    host.output('decision', 'deny');
    await host.summary(`## Not resumed\n\n${inertMarkdown(end.why, 1_000)}\n`);
    return EXIT.denied;
  }
  await tell(host, world, end.report);
  return end.report.residue.length === 0 ? EXIT.done : EXIT.failed;
}

function orderOf(host: ActionHost, event: ActionEvent, world: World): ResumeOrder {
  const names = namesIn(host.input('agent') || typedInto(event, 'agent'));
  const canary = typedInto(event, 'canary');
  const anyway = typedInto(event, 'anyway') === 'true';
  const reason = world.env['CHECKREIN_REASON'] || typedInto(event, 'reason');
  const login = world.env['GITHUB_TRIGGERING_ACTOR'] ?? null;
  return {
    repo: event.repo,
    generation: null,
    ledger: null,
    config: { remote: host.input('config') || CONFIG_PATH },
    agents: names.length === 0 || names.some((name) => name.toLowerCase() === 'all') ? null : names,
    canary: canary === '' ? null : plainLine(canary),
    ...reasonOf(anyway, reason, 'The field anyway', 'type it into the field reason'),
    initiator: { kind: 'operator', login },
    now: null,
    progress: () => undefined,
    refuse: refusal(login),
  };
}

/** Stopping must be easy, going on must not: only a lead resumes, and the API decides who is one. */
function refusal(login: string | null): ResumeOrder['refuse'] {
  return async (github, { leads }) => {
    const need = `Resuming needs a lead: ${leadSentence(leads)}.`;
    if (login === null || login === '') return `${need} It is not known who started this run.`;
    const role = await attempt(() => github.people.role(login));
    if (!role.ok) return `${need} The role of ${login} could not be read: ${role.failure.message}.`;
    return isLead({ login }, { kind: 'role', ...role.value }, leads) ? null : `${need} ${login} is none.`;
  };
}

async function tell(host: ActionHost, world: World, report: ResumeReport): Promise<void> {
  for (const note of report.notes) host.warning(note);
  if (report.residue.length > 0) host.error(`${resumeOutcome(report)}; the job summary says what.`);
  const path = join(world.env['RUNNER_TEMP'] ?? '.', 'checkrein-report.json');
  await writeFile(path, `${JSON.stringify(report, null, 2)}\n`);
  // Only `watch` can say whether all is well. Here it is only known whether somebody is stopped.
  host.output('status', report.isOver ? 'unknown' : 'stopped');
  host.output('decision', report.isOver ? 'allow' : 'warn');
  host.output('report', path);
  await host.summary(resumeMarkdown(report));
}
