import type { ReviewCheck } from '../../src/review/matter.ts';
import { REVIEW_CHECKS } from '../../src/review/registry.ts';

const BEGIN = '<!-- checks: begin -->';
const END = '<!-- checks: end -->';

/** docs/review.md with a freshly generated list of checks. */
export function reviewPage(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`docs/review.md has no ${BEGIN} … ${END}`);
  return `${before}${BEGIN}\n\n${REVIEW_CHECKS.map(section).join('\n\n')}\n\n${END}${after}`;
}

function section({ name, title, question, remedy }: ReviewCheck): string {
  return `### \`${name}\`\n\n**${title}.** ${question}\n\n${remedy}`;
}
