import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { stdin } from 'node:process';
import { finished } from 'node:stream/promises';
import { OutsideFailure } from '../../core/failure.ts';
import { plainLine } from '../../core/text.ts';
import type { Detector } from '../../detectors/detector.ts';
import type { LookBack, Sensitivity, Settings } from '../../detectors/method.ts';
import { DETECTORS, FLAGSHIP } from '../../detectors/registry.ts';
import { didYouMean } from '../shell/did-you-mean.ts';
import { type Invocation, unexpected } from '../shell/flags.ts';
import { localBytes, NoWriter } from '../shell/local-file.ts';
import { quoted } from '../shell/quoted.ts';
import { jsonLine } from '../shell/screen.ts';
import { EXIT, type Screen, UsageError, type World } from '../shell/world.ts';
import { type SeriesScores, scoreSeries } from './score-series.ts';

const SENSITIVITIES: readonly Sensitivity[] = ['low', 'medium', 'high'];
const LOOK_BACKS: readonly LookBack[] = ['1h', '6h', '24h', '30d'];
const USUAL: Settings = { sensitivity: 'medium', lookBack: '30d' };
/** Stands for the standard streams in place of a path. */
const STREAM = '-';
/** At most this many complaints are printed one by one. */
const SHOWN_COMPLAINTS = 20;

/** `checkrein detect`: scores a series in a file. Fails when some lines could not be read; the others are still scored. */
export async function detectCommand(invocation: Invocation, world: World): Promise<number> {
  if (invocation.operands.length > 0) throw new UsageError(`'detect' does not know what ${wordsOf(invocation)} means.`);
  const input = invocation.value('input');
  if (input === null) throw new UsageError("'detect' needs a series: --input FILE, or --input - for standard input.");
  const output = invocation.value('output');
  if (output !== null && output !== STREAM && resolve(output) === resolve(input)) {
    throw new UsageError('--output would write over --input: name another file.');
  }
  const json = invocation.has('json');
  if (json && output === STREAM) throw new UsageError('--json and --output - both want the standard output.');
  const detector = detectorOf(invocation);
  const settings = settingsOf(invocation, detector);
  const pieces = readPieces(input);
  const scores =
    output === null || output === STREAM
      ? await scoreSeries(pieces, detector, settings, json ? ignore : world.out.write)
      : await toFile(output, world.by, (write) => scoreSeries(pieces, detector, settings, write));
  if (json) world.out.write(jsonLine(scores));
  return tellComplaints(scores, world.err);
}

function wordsOf({ operands }: Invocation): string {
  return unexpected(operands);
}

function ignore(): void {
  // Only the summary is wanted.
}

function detectorOf(invocation: Invocation): Detector {
  const name = invocation.value('method') ?? FLAGSHIP.name;
  const detector = DETECTORS.find((candidate) => candidate.name === name);
  if (detector !== undefined) return detector;
  const names = DETECTORS.map((candidate) => candidate.name);
  throw new UsageError(
    `There is no method ${quoted(name)}.${didYouMean(name, names)} The methods are: ${names.join(', ')}.`,
  );
}

function settingsOf(invocation: Invocation, detector: Detector): Settings {
  return {
    sensitivity: choiceOf(invocation, detector, 'sensitivity', 'sensitivity', SENSITIVITIES),
    lookBack: choiceOf(invocation, detector, 'look-back', 'lookBack', LOOK_BACKS),
  };
}

function choiceOf<Key extends keyof Settings>(
  invocation: Invocation,
  { name, heeds }: Detector,
  flag: string,
  key: Key,
  choices: readonly Settings[Key][],
): Settings[Key] {
  const given = invocation.value(flag);
  if (given === null) return USUAL[key];
  if (!heeds.includes(key)) throw new UsageError(`The method '${name}' has no --${flag}.`);
  const choice = choices.find((candidate) => candidate === given);
  if (choice !== undefined) return choice;
  throw new UsageError(`--${flag} is one of ${choices.join(', ')}, not ${quoted(given)}.`);
}

async function* readPieces(input: string): AsyncGenerator<string | Buffer> {
  try {
    yield* input === STREAM ? stdin : localBytes(input);
  } catch (error) {
    throw fileFailure(`The series '${plainLine(input, 200)}' could not be read`, error);
  }
}

/** Writes to a temporary file that replaces the target once it is complete, so nobody reads half of it. */
async function toFile<T>(
  output: string,
  by: string,
  work: (write: (text: string) => Promise<void>) => Promise<T>,
): Promise<T> {
  const direct = await isDevice(output);
  const path = direct ? output : `${output}.${by}.partial`;
  const stream = createWriteStream(path);
  const done = finished(stream);
  // The writer sees a failure first. This only prevents an unhandled rejection.
  done.catch(ignore);
  try {
    const result = await work((text) => writeTo(stream, text, done));
    stream.end();
    await done;
    if (!direct) await rename(path, output);
    return result;
  } catch (error) {
    stream.destroy();
    if (!direct) await rm(path, { force: true });
    throw error instanceof OutsideFailure
      ? error
      : fileFailure(`The scores could not be written to '${plainLine(output, 200)}'`, error);
  }
}

async function writeTo(stream: NodeJS.WritableStream, text: string, done: Promise<void>): Promise<void> {
  const drained = new Promise<void>((accept, refuse) => {
    stream.write(text, (error) => (error ? refuse(error) : accept()));
  });
  await Promise.race([drained, done]);
}

async function isDevice(path: string): Promise<boolean> {
  try {
    return !(await stat(path)).isFile();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw fileFailure(`The scores could not be written to '${plainLine(path, 200)}'`, error);
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** Only file system errors are outside failures. Anything else is a bug. */
function fileFailure(what: string, error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof OutsideFailure || code === null) return error;
  return new OutsideFailure({
    kind: code === 'ENOENT' ? 'not_found' : 'unreadable',
    message: `${what} (${error instanceof NoWriter ? error.message : code})`,
    remedy: 'Check that the path is right and that you may use it',
    retry: false,
  });
}

function tellComplaints({ complaints }: SeriesScores, err: Screen): number {
  for (const { line, reason } of complaints.slice(0, SHOWN_COMPLAINTS)) {
    err.write(`checkrein: line ${line}: ${reason}.\n`);
  }
  const more = complaints.length - SHOWN_COMPLAINTS;
  if (more > 0) err.write(`checkrein: ${more} more lines could not be read.\n`);
  return complaints.length === 0 ? EXIT.done : EXIT.failed;
}
