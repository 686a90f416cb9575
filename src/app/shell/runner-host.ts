import * as core from '@actions/core';
import type { ActionHost } from './action-host.ts';

/** The GitHub Actions runner, as a step sees it. `keepsSummary`: whether it has a file for the job summary. */
export function runnerHost(keepsSummary: boolean): ActionHost {
  return {
    input: (name) => core.getInput(name),
    output: (name, value) => core.setOutput(name, value),
    state: (name, value) => core.saveState(name, value),
    variable: (name, value) => core.exportVariable(name, value),
    mask: (secret) => core.setSecret(secret),
    error: (message) => core.error(message),
    warning: (message) => core.warning(message),
    summary: async (markdown) => {
      if (keepsSummary) await core.summary.addRaw(markdown).write({ overwrite: true });
      else core.warning('This runner keeps no job summary; none was written.');
    },
  };
}
