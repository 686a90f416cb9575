import { matchesGlob } from '../../core/glob.ts';
import type { Risk } from '../../core/passport.ts';
import { fits } from '../kinds.ts';
import { inFile, pathsOf } from '../lines.ts';
import type { Found, Matter, ReadFile, ReviewCheck } from '../matter.ts';

/** Files that decide what agents and workflows do. */
interface Area {
  readonly what: string;
  readonly risk: Risk;
  readonly globs: readonly string[];
}

/** The first match counts. */
const AREAS: readonly Area[] = [
  {
    what: 'It decides what runs in workflows',
    risk: 'critical',
    globs: [
      ...['.github/workflows/**', '.github/actions/**', '**/action.yml', '**/action.yaml', '**/.gitlab-ci.yml'],
      ...['.circleci/**', '**/Jenkinsfile', 'azure-pipelines.yml', '.azure-pipelines/**', '.buildkite/**'],
      ...['.woodpecker/**', '.woodpecker.yml', 'bitbucket-pipelines.yml', '.travis.yml', '.drone.yml', '.cirrus.yml'],
      ...['appveyor.yml', '.appveyor.yml', '.forgejo/workflows/**', '.gitea/workflows/**', '.teamcity/**'],
      ...['.semaphore/**', '.harness/**', 'cloudbuild.yaml', 'buildspec.yml', 'bitrise.yml', 'codemagic.yaml'],
    ],
  },
  {
    what: 'It holds the limits of agents',
    risk: 'critical',
    globs: ['.github/checkrein.yml', '.github/checkrein.yaml', '**/checkrein.yml', '.checkrein/**'],
  },
  {
    what: 'It tells agents what to do',
    risk: 'high',
    globs: [
      ...['**/CLAUDE.md', '**/CLAUDE.local.md', '**/AGENTS.md', '**/AGENT.md', '**/GEMINI.md', '**/SKILL.md'],
      ...['**/.cursorrules', '**/.cursor/**', '**/.windsurfrules', '**/.clinerules', '**/.clinerules/**'],
      ...['**/copilot-instructions.md', '.github/instructions/**', '.github/prompts/**', '.github/agents/**'],
      ...['.github/chatmodes/**', '**/.claude/**', '**/.codex/**', '**/.gemini/**', '**/.aider*', '**/.goosehints'],
      ...['**/.junie/**', '**/.kiro/**', '**/.openhands/**', '**/.roo/**', '**/.roorules*', '**/.windsurf/**'],
      ...['**/.amazonq/**', '**/.augment/**', '**/.continue/**', '**/.opencode/**', '**/.qwen/**', '**/.factory/**'],
      ...['**/.agents/**', '**/.agent/**', '**/.trae/**', '**/.crush/**', '**/.rules', '**/QWEN.md', '**/WARP.md'],
      ...['**/CRUSH.md', '**/.cursorignore', '**/.aiignore', '**/.geminiignore', '**/.codeiumignore'],
    ],
  },
  {
    what: 'Agents get their tools by it, or people’s machines run it',
    risk: 'high',
    globs: [
      ...['**/.mcp.json', '**/mcp.json', '**/mcp_config.json', '**/mcp-config.json', '**/claude_desktop_config.json'],
      ...['**/opencode.json', '**/opencode.jsonc', '**/.crush.json', '**/crush.json', '**/gemini-extension.json'],
      ...['**/.vscode/**', '**/*.code-workspace', '**/.devcontainer/**', '**/.devcontainer.json', '**/.idea/**'],
      ...['**/.zed/**', '**/.fleet/**', '**/.gitpod.yml', '**/.gitpod.Dockerfile', '**/.replit', '**/devfile.yaml'],
      ...['**/.husky/**', '**/.huskyrc*', '**/.githooks/**', '**/.git-hooks/**', '**/.pre-commit-config.yaml'],
      ...['**/.pre-commit-hooks.yaml', '**/lefthook.*', '**/.lefthook.*', '**/.lefthook/**', '**/.lefthook-local.*'],
      ...['**/.simple-git-hooks.*', '**/simple-git-hooks.*', '**/.lintstagedrc*', '**/lint-staged.config.*'],
      ...['**/.envrc', '**/mise.toml', '**/.mise.toml', '**/.mise/**', '**/.vimrc', '**/.exrc', '**/.nvim.lua'],
    ],
  },
  {
    what: 'Everybody who installs or builds here runs it',
    risk: 'high',
    globs: [
      ...['**/.pnpmfile.cjs', '**/.pnpmfile.mjs', '**/.yarn/releases/**', '**/.yarn/plugins/**', '**/bunfig.toml'],
      ...['**/.cargo/config', '**/.cargo/config.toml', '**/pip.conf', '**/pip.ini', '**/sitecustomize.py'],
      ...['**/usercustomize.py', '**/.mvn/**', '**/gradle/wrapper/**', '**/gradlew', '**/gradlew.bat', '**/mvnw'],
      ...['**/init.gradle', '**/init.gradle.kts', '**/.bundle/config', '**/.bazelrc', '**/nuget.config'],
    ],
  },
  {
    what: 'Secrets belong into files like it',
    risk: 'high',
    globs: [
      ...['**/.env', '**/.env.*', '**/.npmrc', '**/.yarnrc', '**/.yarnrc.yml', '**/.pypirc', '**/.netrc', '**/*.pem'],
      ...['**/*.key', '**/*.p12', '**/*.pfx', '**/id_rsa*', '**/id_ed25519*', '**/.aws/**', '**/.docker/config.json'],
      ...['**/secrets.yml', '**/secrets.yaml', '**/.git-credentials'],
    ],
  },
  {
    what: 'It decides who reviews, or how the repository is kept',
    risk: 'high',
    globs: [
      ...['CODEOWNERS', '.github/CODEOWNERS', 'docs/CODEOWNERS', '.github/dependabot.yml', '.github/dependabot.yaml'],
      ...['.github/renovate.json*', 'renovate.json*', '.renovaterc*', '.github/settings.yml', '.mergify.yml'],
      ...['.github/mergify.yml', '.mergify/config.yml', '.kodiak.toml', '.bulldozer.yml', '.policy.yml'],
    ],
  },
  {
    what: 'It decides how git takes files',
    risk: 'high',
    globs: ['**/.gitmodules', '**/.gitattributes', '**/.gitconfig', '**/.lfsconfig'],
  },
  { what: 'It belongs to how the repository is run', risk: 'medium', globs: ['.github/**'] },
];

const NAMED: Area = { what: 'The configuration counts it to what steers agents', risk: 'high', globs: [] };

/** Files that show the format of a secrets file without containing any. */
const SAMPLES: readonly string[] = ['**/.env.example', '**/.env.sample', '**/.env.template', '**/.env.dist'];

/** Files that steer agents and workflows are changed. */
export const CONTROL_PLANE: ReviewCheck = {
  name: 'control-plane',
  title: 'What steers agents is changed',
  question:
    'Does it change workflows, instructions or tools of agents, our own configuration, files for secrets, or who reviews? ' +
    'A glob in `scope.paths` that names such a file or folder itself gives an agent the right to; it is then one step less grave.',
  remedy: 'Read every line of it: a change here changes what agents may do next.',
  find: (matter) => matter.files.flatMap((file) => touched(file, matter)),
};

/** Whether an agent changed, without permission, what steers agents. */
export function breaksControlPlane(
  file: Pick<ReadFile, 'path' | 'from'>,
  matter: Pick<Matter, 'terms' | 'agentTerms'>,
): boolean {
  return pathsOf(file).some((path) => {
    const area = areaOf(path, matter.terms.control_plane);
    return area !== null && area.risk !== 'medium' && !mayTouch(path, matter);
  });
}

function touched(file: ReadFile, matter: Matter): readonly Found[] {
  const found = pathsOf(file).flatMap((path) => {
    const area = areaOf(path, matter.terms.control_plane);
    return area === null ? [] : [{ path, area }];
  });
  const [first] = found;
  if (first === undefined) return [];
  const { what, risk } = first.area;
  const line = file.lines.find(({ kind }) => kind === 'added')?.line ?? null;
  const moved = first.path === file.path ? '' : ' where it comes from';
  if (!mayTouch(first.path, matter)) return [inFile(risk, file, line, `${what}${moved}.`)];
  return [inFile(LESS[risk], file, line, `${what}${moved}; its agent may touch it.`)];
}

const LESS: Readonly<Record<Risk, Risk>> = { critical: 'high', high: 'medium', medium: 'low', low: 'low' };

function areaOf(path: string, more: readonly string[]): Area | null {
  if (fits(path, SAMPLES)) return null;
  return AREAS.find(({ globs }) => fits(path, globs)) ?? (fits(path, more) ? NAMED : null);
}

/**
 * A glob for everything, or for a folder of code, does not permit changes to what steers agents. It must name such a place
 * itself.
 */
function mayTouch(path: string, { agentTerms, terms }: Pick<Matter, 'terms' | 'agentTerms'>): boolean {
  return (agentTerms.scope?.paths ?? []).some(
    (glob) => matchesGlob(glob, path) && areaOf(glob.replace(/[*?]+/g, 'x'), terms.control_plane) !== null,
  );
}
