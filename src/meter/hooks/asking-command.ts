import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { MARK } from '../processes.ts';
import { type HookedEngine, type HookTerms, hookAddress, MARK_HEADER, quoted } from './engines.ts';

/**
 * Seconds that a question may take. An engine with a shorter timeout would treat a hanging hook as one without objections.
 */
const PATIENCE = 4;
/** Seconds that an engine should wait for it. */
export const TIMEOUT = 10;

const UNREACHED = 'Checkrein: the meter that watches this agent cannot be reached, so no tool may be used';

/**
 * The hook for engines that only support commands: forwards the question to the meter and prints its answer. In enforce mode,
 * a late or bad answer is a refusal, because all of these engines treat exit code 2 as one.
 * @param path The folders in which programs are looked for (`PATH`).
 */
export function askingCommand(engine: HookedEngine, terms: HookTerms, path: string | undefined): string {
  const { key, mark, mode, shared } = terms;
  const ask = askBy(programAt('curl', path), hookAddress(engine, terms), shared ? mark : null);
  const otherwise = mode === 'enforce' ? `{ echo ${quoted(UNREACHED)} >&2; exit 2; }` : 'exit 0';
  // `key` is in it so that it can be found and removed later.
  return `: ${key}; ${shared ? `${oursAlone(mark)}; ` : ''}${ask} 2>/dev/null || ${otherwise}`;
}

/**
 * Ignores the sessions of other jobs on the machine. Some engines run hooks without our mark in the environment. Then the
 * engine's own environment decides, if the system exposes it.
 */
function oursAlone(mark: string): string {
  const given = `m=$${MARK}`;
  const parent = `[ -n "$m" ] || m=$(tr '\\0' '\\n' < /proc/$PPID/environ 2>/dev/null | sed -n 's/^${MARK}=//p')`;
  return `${given}; ${parent}; [ "$m" = ${quoted(mark)} ] || exit 0`;
}

/** Ignores the user's curl settings (`-q`) and proxies, because an agent can write them. */
function askBy(curl: string | null, address: string, mark: string | null): string {
  if (curl === null) return askByNode(address, mark);
  const header = mark === null ? '' : ` -H ${quoted(`${MARK_HEADER}: ${mark}`)}`;
  const how = `-q -s -f -m ${PATIENCE} --noproxy '*' -H 'content-type: application/json'${header}`;
  return `${quoted(curl)} ${how} --data-binary @- ${quoted(address)}`;
}

/** Without curl, as in small images, the Node that runs this is used. */
function askByNode(address: string, mark: string | null): string {
  const headers = { 'content-type': 'application/json', ...(mark === null ? {} : { [MARK_HEADER]: mark }) };
  const options = `{method:"POST",timeout:${PATIENCE}e3,headers:${JSON.stringify(headers)}}`;
  const take = `s=>{let t="";s.on("data",c=>t+=c).on("end",()=>{if(s.statusCode!==200)process.exit(9);process.stdout.write(t)})}`;
  const fail = '()=>process.exit(9)';
  const program = `const r=require("node:http").request(${JSON.stringify(address)},${options},${take});r.on("timeout",${fail}).on("error",${fail});process.stdin.pipe(r)`;
  return `${quoted(process.execPath)} -e ${quoted(program)}`;
}

/** The path of a program; null when it is not found. */
function programAt(name: string, path: string | undefined): string | null {
  const places = (path ?? '').split(delimiter).filter((folder) => folder.startsWith('/'));
  return places.map((folder) => join(folder, name)).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}
