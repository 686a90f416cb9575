import type { Access } from './workflow.ts';

/** A permission a step needs, and why. */
export interface Need {
  readonly permission: string;
  readonly access: Exclude<Access, 'none'>;
  /** For people, follows "to". */
  readonly why: string;
}

export const READ_WORLD: Need = {
  permission: 'actions',
  access: 'read',
  why: 'read runs, jobs and artifacts of the agents',
};
export const READ_ITEMS: Need = {
  permission: 'issues',
  access: 'read',
  why: 'list the issues and pull requests of bots',
};
export const READ_ERRORS: Need = { permission: 'checks', access: 'read', why: 'tell what jobs of builds annotate' };
/** Checks of a head are check runs and statuses: both say what passed. */
export const READ_CHECKS: readonly Need[] = [
  { permission: 'checks', access: 'read', why: 'see which approved changes of agents passed their checks' },
  { permission: 'statuses', access: 'read', why: 'see which approved changes of agents passed their checks' },
];
export const READ_PULLS: Need = {
  permission: 'pull-requests',
  access: 'read',
  why: 'read what people say of those of agents',
};
export const WRITE_ISSUES: Need = { permission: 'issues', access: 'write', why: 'open, update and close issues' };
export const STOP: readonly Need[] = [
  { permission: 'actions', access: 'write', why: 'disable workflows and cancel runs' },
  { permission: 'contents', access: 'write', why: 'switch auto-merge off' },
  { permission: 'pull-requests', access: 'write', why: 'take pull requests of the agents out of the merge queue' },
  { permission: 'statuses', access: 'write', why: 'put a status on the pull requests of the agents' },
];
export const RESUME: readonly Need[] = [
  { permission: 'actions', access: 'write', why: 'enable workflows' },
  { permission: 'statuses', access: 'write', why: 'turn the status on pull requests of the agents green' },
];
export const TELL: Need = { permission: 'issues', access: 'write', why: 'write the issue of the stop' };
export const HEAR: Need = { permission: 'issues', access: 'write', why: 'tell of a stop whose command was lost' };
export const ANSWER: readonly Need[] = [
  { permission: 'issues', access: 'write', why: 'answer commands under issues' },
  { permission: 'pull-requests', access: 'write', why: 'answer commands under pull requests' },
];
export const RERUN: Need = { permission: 'actions', access: 'write', why: 'run failed runs of agents again' };
export const DRILL: Need = { permission: 'actions', access: 'write', why: 'start, stop and resume the canary' };

export const ROLL_BACK: readonly Need[] = [
  { permission: 'contents', access: 'write', why: 'make the branch of a rollback' },
  { permission: 'pull-requests', access: 'write', why: 'open the draft of a rollback' },
];

export const REVIEW: readonly Need[] = [
  {
    permission: 'pull-requests',
    access: 'write',
    why: 'read what pull requests change and write passports under them',
  },
  { permission: 'issues', access: 'read', why: 'read who opened a pull request on whose behalf' },
  { permission: 'statuses', access: 'write', why: 'set the status checkrein/review' },
];
