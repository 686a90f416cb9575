import { spawn } from 'node:child_process';

export interface ProcessFigures {
  readonly seconds: number;
  /** Largest resident set in MB, as the operating system counted it. */
  readonly peakMb: number;
  readonly stdout: string;
}

/** Written to the fourth stream when the measured process ends. */
const REPORT = `import{writeSync}from'node:fs';process.on('exit',()=>writeSync(3,String(process.resourceUsage().maxRSS)))`;

/** Runs Node on some words and tells how long the whole process took and how much memory it held. */
export function measureNode(node: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<ProcessFigures> {
  const started = performance.now();
  const child = spawn(node, ['--import', `data:text/javascript,${encodeURIComponent(REPORT)}`, ...words], {
    env,
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  const collect = (stream: NodeJS.ReadableStream | null | undefined): (() => string) => {
    const parts: Buffer[] = [];
    stream?.on('data', (part: Buffer) => parts.push(part));
    return () => Buffer.concat(parts).toString();
  };
  const stdout = collect(child.stdout);
  const kilobytes = collect(child.stdio[3] as NodeJS.ReadableStream);
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => {
      if (code !== 0) return reject(new Error(`${words.join(' ')} ended with exit code ${code}`));
      const seconds = (performance.now() - started) / 1_000;
      resolve({ seconds, peakMb: Number(kilobytes()) / 1_024, stdout: stdout() });
    });
  });
}
