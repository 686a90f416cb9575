import { readFileSync } from 'node:fs';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** GitHub's workflow linter imports JSON in a way that plain Node refuses, so vitest must load it. */
const ACTIONS_LINTER = /@actions\/(languageservice|workflow-parser|expressions)\//;

const config: ViteUserConfig = defineConfig({
  plugins: [
    {
      name: 'linter-without-source-maps',
      enforce: 'pre',
      // Its source maps point to files that are not published: a screenful of warnings.
      load: (id) =>
        ACTIONS_LINTER.test(id) && id.endsWith('.js')
          ? readFileSync(id, 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '')
          : null,
    },
  ],
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/postgres/global-setup.ts'],
    reporters: ['default', 'json'],
    outputFile: { json: 'node_modules/.vitest/report.json' },
    // The whole runs wait for processes and clocks more than they compute.
    maxWorkers: 3,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    server: { deps: { inline: [ACTIONS_LINTER] } },
  },
});

export default config;
