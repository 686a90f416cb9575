/** The configuration of the fictional repository, as it would be in its `.github/checkrein.yml`. */
export const DEMO_CONFIG = `version: 1
mode: shadow
budgets:
  - { name: fixer-day, agent: nightly-fixer, period: day, usd: 20 }
  - { name: repo-day, period: day, usd: 60 }
  - { name: repo-month, period: month, usd: 800 }
rules:
  late: { expected_every: 12h }
`;
