import { progressLine } from '../../surfaces/terminal/progress.ts';
import type { Screen } from './world.ts';

/** Receives progress: the stage, how much of it is done, and of how much. */
export type Progress = (stage: string, done: number, total: number) => void;

/** Draws a line that the next one replaces, only on a terminal. */
export function progressOn(screen: Screen): Progress {
  const { columns } = screen;
  if (columns === null) return () => undefined;
  // The last column stays free: some terminals wrap as soon as it is written.
  return (stage, done, total) =>
    screen.write(
      `\r\u001b[2K${progressLine({ label: stage, done, total }, { width: columns - 1, colour: screen.colour })}`,
    );
}

/** Removes the progress line. */
export function clearLine(screen: Screen): void {
  if (screen.columns !== null) screen.write('\r\u001b[2K');
}
