import { matchesGlob } from '../../core/glob.ts';
import { plainLine } from '../../core/text.ts';

/** The facts about a workflow that decide whether it protects the repository. */
export interface WorkflowFacts {
  readonly path: string;
  /** The value of `name:`, or the name in the configuration. Null when neither is known. */
  readonly name: string | null;
  /** Everything that its jobs and steps use, as written: `github/codeql-action/init@v4`. */
  readonly uses: readonly string[];
  /** Whether the file itself runs an agent. */
  readonly runsAgent: boolean;
}

/** Whether a workflow protects, and how that was recognised. */
export type Protection =
  | { readonly protective: false }
  | { readonly protective: true; readonly by: 'own' | 'configured' | 'uses' | 'name'; readonly reason: string };

/** The actions that scans, tests and gates are built from. A path below one of these counts as well. */
const PROTECTIVE_ACTIONS: readonly string[] = [
  'github/codeql-action',
  'gitleaks/gitleaks-action',
  'trufflesecurity/trufflehog',
  'aquasecurity/trivy-action',
  'anchore/scan-action',
  'ossf/scorecard-action',
  'actions/dependency-review-action',
  'step-security/harden-runner',
  'semgrep/semgrep-action',
  'returntocorp/semgrep-action',
  'zizmorcore/zizmor-action',
  'snyk/actions',
  'sonarsource/sonarqube-scan-action',
  'google/osv-scanner-action',
  'bridgecrewio/checkov-action',
  'rhysd/actionlint',
  'open-policy-agent/setup-opa',
  'sigstore/cosign-installer',
  'slsa-framework/slsa-verifier',
];

/** Words in a file name or name that show what a workflow is for. Whole words only: `tests` does not match `test-writer`. */
const PROTECTIVE_NAMES: readonly RegExp[] = [
  /^(ci|cd-gate|tests?|unit-tests?|integration-tests?|e2e|lint|linter|build-and-test|verify|checks?|presubmit)$/,
  /(^|-)(codeql|code-scanning|secret-scan(ning)?|gitleaks|trufflehog|trivy|semgrep|scorecard|zizmor|sast|dast|osv)(-|$)/,
  /(^|-)(security|vulnerability|vuln|license|licence|secrets?|dependency)-(scan(ning)?|check|checks|audit|review|gate)(-|$)/,
  /(^|-)(policy|release|merge|quality|security|deploy(ment)?|approval)-(gate|gates|guard|check|checks)(-|$)/,
  /^(gate|gates|policy|branch-protection|merge-queue)$/,
];

/**
 * Whether a workflow protects the repository, so that a stop leaves it alone: tests, scans, gates, and Checkrein itself. An agent
 * is an agent first: a workflow that runs one is not spared for its name or for a scan next to it, because either would be a hiding
 * place. Only Checkrein's own workflow and those listed in the configuration (`stop.protective`) are spared regardless.
 * @param globs of paths, file names or names; `*` matches anything but a slash, `**` anything, `?` one character.
 */
export function protectionOf(workflow: WorkflowFacts, globs: readonly string[]): Protection {
  const listed = globs.find((glob) => namesOf(workflow).some((name) => matchesGlob(glob, name)));
  if (isOwn(workflow)) return { protective: true, by: 'own', reason: 'it is a workflow of Checkrein itself' };
  if (listed !== undefined) {
    return { protective: true, by: 'configured', reason: `stop.protective lists it (${plainLine(listed, 80)})` };
  }
  if (workflow.runsAgent) return { protective: false };
  const used = workflow.uses.find(isProtectiveAction);
  if (used !== undefined) return { protective: true, by: 'uses', reason: `it uses ${plainLine(used, 80)}` };
  const told = [fileName(workflow.path), workflow.name ?? ''].find(isProtectiveName);
  if (told !== undefined) {
    return { protective: true, by: 'name', reason: `its name says that it tests or guards (${plainLine(told, 80)})` };
  }
  return { protective: false };
}

/** Checkrein's own workflows, recognised by the action that they use and by the names of the files that it ships. */
function isOwn({ path, uses, runsAgent }: WorkflowFacts): boolean {
  const file = /(^|\/)checkrein(-[\w-]+)?\.ya?ml$/i.test(path);
  if (!file || runsAgent) return false;
  return uses.some((target) => /^(\.\/?|[^/]+\/checkrein(\/.*)?)(@.*)?$/i.test(target));
}

function isProtectiveAction(uses: string): boolean {
  const target = uses.toLowerCase().replace(/@.*$/, '');
  return PROTECTIVE_ACTIONS.some((action) => target === action || target.startsWith(`${action}/`));
}

function isProtectiveName(name: string): boolean {
  const words = name
    .toLowerCase()
    .replace(/[^a-z\d]+/g, '-')
    .replace(/^-|-$/g, '');
  return PROTECTIVE_NAMES.some((pattern) => pattern.test(words));
}

function namesOf({ path, name }: WorkflowFacts): readonly string[] {
  const base = path.slice(path.lastIndexOf('/') + 1);
  return [path, base, fileName(path), ...(name === null ? [] : [name])];
}

/** The name of the file without folder and extension. */
function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/(\.lock)?\.ya?ml$/i, '');
}
