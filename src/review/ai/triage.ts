import { z } from 'zod';
import type { Alert } from '../../core/alert.ts';
import type { Hypothesis } from '../../core/opinion.ts';
import { formatQuantity } from '../../core/quantity.ts';
import { subjectKey } from '../../core/subject.ts';
import { plainLine } from '../../core/text.ts';
import { ABOUT_DATA, fenced, readable } from './data.ts';
import type { Question } from './port.ts';
import type { QuestionTerms } from './review.ts';
import { keptWords } from './words.ts';

/** A recorded fact that a guess may be based on. */
export interface CaseEvidence {
  /** Of an event, of an agent's model, or of another alert. */
  readonly id: string;
  /** Its content in our words; contains names from others. */
  readonly text: string;
}

const MOST_EVIDENCE = 60;
const LONGEST_HYPOTHESIS = 400;
const LONGEST_TEXT = 240;

/** What a model may say about an alert. */
export interface TriageAnswer {
  readonly hypothesis: string;
  readonly confidence: Hypothesis['confidence'];
  readonly evidence: readonly string[];
}

const triageAnswer: z.ZodType<TriageAnswer> = z.strictObject({
  hypothesis: z
    .string()
    .describe('One or two plain sentences: the likeliest cause. Empty when the evidence shows none.'),
  confidence: z.enum(['low', 'medium', 'high']),
  evidence: z.array(z.string()).describe('What it rests on: E1, E2, …'),
});

const SYSTEM = `You help people who look after AI agents in a software repository. An alert has just become active. From the evidence alone, name the likeliest cause in one or two plain sentences of at most 350 characters, without markup, links or names of people, and the evidence that it rests on by its marks (E1, E2, …). Do not repeat the alert, and do not recommend anything: say what may have caused it. If the evidence shows no cause, the hypothesis is empty.
${ABOUT_DATA}`;

/** A question about an alert, and what its marks refer to. */
export interface TriageQuestion {
  readonly question: Question<TriageAnswer>;
  readonly ids: ReadonlyMap<string, string>;
  /** What is sent, without the mark. */
  readonly asked: string;
}

/** Asks for the cause of an alert. The evidence has short marks, so that only what was sent can be cited. */
export function askAboutAlert(
  alert: Alert,
  evidence: readonly CaseEvidence[],
  { model, maxTokens, mark }: Omit<QuestionTerms, 'room'>,
): TriageQuestion {
  const listed = evidence.slice(0, MOST_EVIDENCE).map(({ id, text }, index) => ({ mark: `E${index + 1}`, id, text }));
  const line = (text: string, max: number): string => plainLine(readable(text), max);
  const { facts } = alert;
  const data = [
    'ALERT',
    `- rule: ${line(alert.name, 80)}, severity ${facts.severity}, about ${line(subjectKey(alert.subject), 120)}`,
    `- what: ${line(facts.reason, 600)}`,
    `- measured: ${formatQuantity(facts.value, facts.unit)}, limit ${formatQuantity(facts.limit, facts.unit)}`,
    ...facts.evidence.facts
      .slice(0, 20)
      .map((fact) => `- ${line(fact.label, 120)}: ${formatQuantity(fact.value, fact.unit)}`),
    '',
    'EVIDENCE',
    ...listed.map((each) => `${each.mark}: ${line(each.text, LONGEST_TEXT)}`),
  ].join('\n');
  const text = `${fenced(data, mark)}\n\nThe data ends here. Answer with your hypothesis.`;
  return {
    question: { model, system: SYSTEM, text, answer: triageAnswer, maxTokens },
    ids: new Map(listed.map((each) => [each.mark, each.id])),
    asked: `${SYSTEM}\n${data}`,
  };
}

/** The usable part of an answer: nothing, unless it cites evidence that was sent. */
export function readTriage(
  { hypothesis, confidence, evidence }: TriageAnswer,
  ids: ReadonlyMap<string, string>,
): { readonly hypothesis: Hypothesis | null; readonly dropped: number } {
  const named = new Set(evidence.flatMap((mark) => ids.get(mark.trim()) ?? []));
  const text = keptWords(hypothesis, LONGEST_HYPOTHESIS);
  const dropped = evidence.length - named.size;
  if (text === '' || named.size === 0) return { hypothesis: null, dropped };
  return { hypothesis: { text, confidence, evidence: [...named] }, dropped };
}
