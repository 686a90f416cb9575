import type { OpinionFinding } from '../../core/opinion.ts';
import { compareRisk, type Passport, type ReviewFinding } from '../../core/passport.ts';
import { worstRisk } from '../lines.ts';

/** As in `Passport`. */
const MOST_TO_LOOK_AT = 5;

/**
 * A passport with a model's additional findings. It can only get worse: the risk is the higher of both, and the findings of
 * fixed checks stay as they are, whatever the model said. Adding the same opinion twice changes nothing.
 */
export function withOpinion(passport: Passport, opinion: readonly OpinionFinding[]): Passport {
  const known = new Set(passport.findings.flatMap(({ id }) => id ?? []));
  const added = opinion.filter(({ id }) => !known.has(id)).map(asOpinion);
  if (added.length === 0) return passport;
  return {
    ...passport,
    risk: worstRisk([passport.risk, ...added.map(({ risk }) => risk)]),
    findings: [...passport.findings, ...added].sort((a, b) => compareRisk(b.risk, a.risk)),
    lookFirst: [...new Set([...passport.lookFirst, ...added.flatMap(({ path }) => path ?? [])])].slice(
      0,
      MOST_TO_LOOK_AT,
    ),
  };
}

/** Whatever it claims, it is a model's finding. */
function asOpinion(finding: OpinionFinding): ReviewFinding {
  return { ...finding, check: 'opinion', by: 'opinion' };
}
