import { isCode, isGenerated, isLockFile } from '../kinds.ts';
import { inFile, LONGEST_LINE, newLines } from '../lines.ts';
import type { ReadFile, ReviewCheck } from '../matter.ts';

/** Pictures, sounds and fonts: nothing executes them. */
const MEDIA = /\.(?:png|jpe?g|gif|ico|webp|avif|bmp|tiff?|woff2?|ttf|otf|eot|mp[34]|webm|ogg|wav|pdf)$/i;

/** Content that cannot be read as lines. */
export const BINARY: ReviewCheck = {
  name: 'binary-content',
  title: 'Nobody can read it',
  question: 'Does it add or change files that are no text?',
  remedy: 'Ask where the file comes from, and have it made by a workflow instead.',
  find: ({ files }) =>
    files
      .filter(({ reading, status }) => reading === 'binary' && status !== 'removed')
      .map((file) =>
        isMedia(file)
          ? inFile('medium', file, null, 'It is no text: a picture, a sound or a font by its name.')
          : inFile('high', file, null, 'It is no text, so nobody can see what it does.'),
      ),
};

/** Whether it is a picture or similar file that nothing can execute. */
export function isMedia({ path, mode }: Pick<ReadFile, 'path' | 'mode'>): boolean {
  return MEDIA.test(path) && mode !== '100755';
}

const MADE_BY_PROGRAM = /@generated\b|\bDO NOT EDIT\b|auto-?generated (?:by|file|code)/i;
const MARKED_WITHIN = 20;
const WITHOUT_CODE = /\.(?:svg|json|ipynb|csv|geojson|html?|xml|ya?ml|txt|md)$/i;

/** Generated files, and code written to be unreadable. */
export const GENERATED_CONTENT: ReviewCheck = {
  name: 'generated-content',
  title: 'Made by a program',
  question: 'Does it change generated or vendored files, or code in lines too long to be read?',
  remedy: 'Make the file anew from its source and compare.',
  find: ({ files, terms }) =>
    files
      .filter(({ path, status }) => status !== 'removed' && !isLockFile(path))
      .flatMap((file) => {
        const long = isLong(file);
        if (long !== null) return [inFile('high', file, long, 'A line of code is too long for anybody to read.')];
        const dense = firstDense(file);
        if (dense !== null)
          return [inFile('medium', file, dense, 'Its code is written so densely that few can read it.')];
        if (
          /(?:^|\/)(?:node_modules|vendor|vendored|third[_-]party|bower_components|Pods|Carthage|site-packages)\//i.test(
            file.path,
          )
        ) {
          return [inFile('medium', file, null, 'It is a copy of somebody else’s code.')];
        }
        const marked = file.lines.find(({ line, text }) => line <= MARKED_WITHIN && MADE_BY_PROGRAM.test(text));
        return isGenerated(file.path, terms.generated) || marked !== undefined
          ? [inFile('medium', file, marked?.line ?? null, 'A program makes it: its source should change instead.')]
          : [];
      }),
};

function isLong(file: ReadFile): number | null {
  if (WITHOUT_CODE.test(file.path) || !(isCode(file.path) || /\.(?:css|s[ac]ss)$/i.test(file.path))) return null;
  return newLines(file).find(({ text }) => text.length > LONGEST_LINE)?.line ?? null;
}

/** A code line this long with so few spaces was minified. Prose has one space in six characters. */
const DENSE_LINE = 300;
const FEW_BLANKS = 1 / 25;
/** Data has fewer programming symbols than this. */
const MANY_SIGNS = 1 / 12;

function firstDense(file: ReadFile): number | null {
  if (!isCode(file.path)) return null;
  const isDense = (text: string): boolean =>
    text.length > DENSE_LINE &&
    (text.trim().match(/\s/g) ?? []).length < FEW_BLANKS * text.length &&
    (text.match(/[;,(){}=]/g) ?? []).length > MANY_SIGNS * text.length;
  return newLines(file).find(({ text }) => isDense(text))?.line ?? null;
}
