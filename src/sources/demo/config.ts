/** What the made-up repository of the demonstration has configured, as it would stand in its `.github/checkrein.yml`. */
export const DEMO_CONFIG = `version: 1
mode: shadow
budgets:
  - { name: fixer-day, agent: nightly-fixer, period: day, usd: 20 }
  - { name: repo-day, period: day, usd: 60 }
  - { name: repo-month, period: month, usd: 800 }
rules:
  late: { expected_every: 12h }
`;
