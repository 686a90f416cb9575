import type { Risk } from '../../core/passport.ts';
import { fits, isCode, isProse } from '../kinds.ts';
import { inFile, newLines, pathsOf } from '../lines.ts';
import type { Found, ReadFile, ReviewCheck } from '../matter.ts';
import type { PatchLine } from '../patch.ts';

/** Reverses the direction of text, so that a line is not what it looks like (CVE-2021-42574). */
const TURNING = /[\u202A-\u202E\u2066-\u2069]/u;
/** Characters that are invisible to people but read by models. */
const TAGS = /[\u{E0000}-\u{E007F}]|[\u{E0100}-\u{E01EF}]/u;
/** A joiner is legitimate between letters of joining scripts, and between symbols that form one emoji. */
const RIGHT_JOINER =
  /(?<=[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Malayalam}\p{Script=Sinhala}\p{Extended_Pictographic}\p{Emoji_Modifier}]|\uFE0F)(?:\u200C|\u200D)/gu;
/** Selects how one symbol is drawn, as an emoji or not. After anything else, or repeated, such characters hide data. */
const PRESENTATION = /(?<=(?![0-9#*])\p{Emoji})(?:\uFE0E|\uFE0F)|(?<=[0-9#*])\uFE0F(?=\u20E3)/gu;
const UNSEEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;
const CONTROL = /(?![\t\n\v\f\r])\p{Cc}/u;
/** Whole words, as in program identifiers. */
const WORD = /[\p{L}\p{N}_$]{2,}/gu;
const LATIN = /\p{Script=Latin}/u;
const LOOK_ALIKE = /[\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Cherokee}]/u;
const GREEK_LOOK_ALIKE = /[ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοιν]/u;

/** Click letters that look like programming symbols: `ǃ` for `!`, `ǀ` for `|`. */
const LIKE_SIGNS = /[\u01C0-\u01C3]/u;
/** Styled letters that programs such as Python treat as plain ones, except typographic ligatures. */
const STYLED = /(?![\uFB00-\uFB06ªº])\p{L}/gu;

const COMMENT = /<!--|^\s*\[(?:\/\/|comment)\]:\s*[#<]|display:\s*none|font-size:\s*0|visibility:\s*hidden/i;
/** What programs store in such comments. */
const KNOWN_COMMENT =
  /<!--\s*(?:\/?markdownlint|prettier-ignore|\/?toc|ALL-CONTRIBUTORS|start|end|begin|doctoc|textlint|vale|more|truncate|eslint|spellchecker|cSpell)\b/i;
const INSTRUCTIONS: readonly string[] = [
  '**/CLAUDE.md',
  '**/AGENTS.md',
  '**/GEMINI.md',
  '**/copilot-instructions.md',
  '**/.cursorrules',
  '**/SKILL.md',
];

/** Text that people see differently from programs and models. */
export const HIDDEN_TEXT: ReviewCheck = {
  name: 'hidden-text',
  title: 'Hidden text',
  question:
    'Is there text that people do not see: characters that turn the order around or show nothing, letters of another script in a word, comments in a document?',
  remedy: 'Look at the line with its characters made visible, and have it written in plain ones.',
  find: ({ files }) =>
    files.flatMap((file) => [...hiddenPath(file), ...newLines(file).flatMap((at) => hiddenAt(file, at))]),
};

function hiddenPath(file: ReadFile): readonly Found[] {
  const strange = pathsOf(file)
    .map(strangeness)
    .find((one) => one !== null);
  return strange === undefined || strange === null ? [] : [inFile('high', file, null, `In its name ${strange.what}.`)];
}

function hiddenAt(file: ReadFile, { text, line }: PatchLine): readonly Found[] {
  const plain = line === 1 ? text.replace(/^\uFEFF/, '') : text;
  const strange = strangeness(plain) ?? (isCode(file.path) ? strangeInCode(plain) : null);
  if (strange !== null) {
    const risk = strange.risk === 'high' && isProse(file.path) && strange.isLetter ? 'medium' : strange.risk;
    return [inFile(risk, file, line, `Here ${strange.what}.`)];
  }
  if (!isProse(file.path) || !COMMENT.test(text) || KNOWN_COMMENT.test(text)) return [];
  return [
    inFile(
      fits(file.path, INSTRUCTIONS) ? 'high' : 'medium',
      file,
      line,
      'A comment is added that readers of the page do not see.',
    ),
  ];
}

interface Strangeness {
  readonly risk: Risk;
  readonly what: string;
  /** Whether it is a visible letter that only looks like another. */
  readonly isLetter: boolean;
}

function strangeness(text: string): Strangeness | null {
  const unseen = text.replace(RIGHT_JOINER, '').replace(PRESENTATION, '');
  if (TURNING.test(text))
    return { risk: 'critical', what: 'characters turn the order of what is shown around', isLetter: false };
  if (TAGS.test(text))
    return { risk: 'critical', what: 'letters stand that nobody sees and models read', isLetter: false };
  if (CONTROL.test(text)) return { risk: 'high', what: 'control characters stand', isLetter: false };
  if (UNSEEN.test(unseen)) return { risk: 'high', what: 'characters stand that show nothing', isLetter: false };
  const mixed = (text.match(WORD) ?? []).some(
    (word) => LATIN.test(word) && (LOOK_ALIKE.test(word) || GREEK_LOOK_ALIKE.test(word)),
  );
  return mixed
    ? { risk: 'high', what: 'letters of another script stand in a word of Latin ones', isLetter: true }
    : null;
}

/** What would be an odd letter in a text, but is a different name in a program. */
function strangeInCode(text: string): Strangeness | null {
  const words = text.match(WORD) ?? [];
  if (words.some((word) => LIKE_SIGNS.test(word))) {
    return { risk: 'high', what: 'a letter stands that looks like a sign of the language', isLetter: true };
  }
  return words.some(isStyled)
    ? {
        risk: 'high',
        what: 'letters stand that look otherwise than those for which programs take them',
        isLetter: true,
      }
    : null;
}

/** A word that looks different but is plain to a program that normalises letters (NFKC). */
function isStyled(word: string): boolean {
  const odd = (word.match(STYLED) ?? []).filter(
    (letter) => /^[a-z]+$/i.test(letter.normalize('NFKC')) && !/[a-z]/i.test(letter),
  );
  return odd.length > 0 && (odd.length > 1 || /[a-z]/i.test(word)) && /^[\w$]+$/.test(word.normalize('NFKC'));
}
