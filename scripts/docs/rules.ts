import { z } from 'zod';
import { BUDGET_RULES } from '../../src/budgets/registry.ts';
import type { Rule } from '../../src/core/rule.ts';
import { RULES } from '../../src/rules/registry.ts';
import { type JsonSchema, optionTable } from './options.ts';
import { GENERATED } from './table.ts';

type AnyRule = Pick<Rule<never, z.ZodType>, 'name' | 'title' | 'question' | 'remedy' | 'options'>;

/** docs/rules.md */
export function rulesPage(): string {
  const rules: readonly AnyRule[] = [...BUDGET_RULES, ...RULES];
  return [
    '# Rules',
    GENERATED,
    'Each rule keeps asking one question. The answer is *ok*, *violated* or *unknown*; an unknown answer never opens, closes or ' +
      'resets anything. Options go below `rules:` in `.github/checkrein.yml`; see [the configuration](config.md).',
    ...rules.map(section),
  ]
    .join('\n\n')
    .concat('\n');
}

function section(rule: AnyRule): string {
  const schema = z.toJSONSchema(rule.options, { io: 'input' }) as JsonSchema;
  // The allowances have a list of their own at the top of the file.
  const { budgets, ...options } = schema.properties ?? {};
  return [
    `## \`${rule.name}\``,
    `**${rule.title}.** ${rule.question}`,
    optionTable(options),
    ...(budgets === undefined
      ? []
      : ['The allowances stand in [`budgets:`](config.md#budgets) at the top of the file.']),
    'What you can do:',
    rule.remedy.map((sentence) => `- ${sentence}`).join('\n'),
    `[Runbook](runbooks/${rule.name}.md)`,
  ].join('\n\n');
}
