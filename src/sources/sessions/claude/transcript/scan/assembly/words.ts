import { isSame } from './bytes';

/** The names and values that a row is recognised by, in the order in which `layOutWords` stores them. */
export enum Word {
  OTHER,
  // Names of a row.
  TYPE,
  SUBTYPE,
  SESSION,
  TIMESTAMP,
  UUID,
  PARENT,
  REQUEST,
  SIDECHAIN,
  MESSAGE,
  DATA,
  CWD,
  PERMISSION_MODE,
  META,
  COMPACT_SUMMARY,
  API_ERROR,
  DURATION,
  LOGLINES,
  // Names of a message and its blocks.
  ID,
  MODEL,
  STOP_REASON,
  USAGE,
  CONTENT,
  NAME,
  TOOL_USE_ID,
  INPUT,
  IS_ERROR,
  FILE_PATH,
  NOTEBOOK_PATH,
  // Names of usage fields.
  INPUT_TOKENS,
  OUTPUT_TOKENS,
  CACHE_READ,
  CACHE_WRITE,
  CACHE_CREATION,
  WRITE_5M,
  WRITE_1H,
  SERVER_TOOLS,
  SEARCHES,
  SPEED,
  // Values.
  ASSISTANT,
  USER,
  SYSTEM,
  PROGRESS,
  AGENT_PROGRESS,
  TURN_DURATION,
  COMPACT_BOUNDARY,
  TOOL_USE,
  TOOL_RESULT,
  SYNTHETIC,
  BYPASS,
  END_TURN,
  STOP_SEQUENCE,
  FAST,
  COST_STATE,
}

const SLOTS: u32 = 256;
/** A hash table of the words by `slotOf`. Collisions move to the next free slot. */
const slots: usize = memory.data(256);
/** The letters of each word as bytes, `WIDTH` of them, and its size. */
const WIDTH: u32 = 32;
const letters: usize = memory.data(64 * 32);
const sizes: usize = memory.data(64);

/** Stores the words for lookup. Each is followed by a space. */
export function layOutWords(): void {
  let next = layOut(
    1,
    'type subtype sessionId timestamp uuid parentUuid requestId isSidechain message data cwd permissionMode isMeta isCompactSummary isApiErrorMessage durationMs loglines ',
  );
  next = layOut(
    next,
    'id model stop_reason usage content name tool_use_id input is_error file_path notebook_path input_tokens output_tokens ',
  );
  next = layOut(
    next,
    'cache_read_input_tokens cache_creation_input_tokens cache_creation ephemeral_5m_input_tokens ephemeral_1h_input_tokens server_tool_use web_search_requests speed ',
  );
  layOut(
    next,
    'assistant user system progress agent_progress turn_duration compact_boundary tool_use tool_result <synthetic> bypassPermissions end_turn stop_sequence fast cost-state ',
  );
}

/** Stores words numbered from `word` on and returns the next number. */
function layOut(word: u32, words: string): u32 {
  let size: u32 = 0;
  for (let index = 0; index < words.length; index++) {
    const letter = <u8>words.charCodeAt(index);
    if (letter !== 32) {
      store<u8>(letters + word * WIDTH + size++, letter);
      continue;
    }
    store<u8>(sizes + word, <u8>size);
    let slot = slotOf(letters + word * WIDTH, size);
    while (load<u8>(slots + slot) !== 0) slot = (slot + 1) % SLOTS;
    store<u8>(slots + slot, <u8>word);
    word++;
    size = 0;
  }
  return word;
}

function slotOf(from: usize, size: u32): u32 {
  const first = size >= 4 ? load<u32>(from) : load<u16>(from);
  return (((first ^ ((<u32>load<u8>(from + size - 1)) << 7)) * 0x9e3779b1 + size * 0x85ebca6b) >> 16) % SLOTS;
}

/** The word between two places. */
export function wordAt(from: usize, to: usize): Word {
  const size = <u32>(to - from);
  if (size < 2 || size > WIDTH) return Word.OTHER;
  let slot = slotOf(from, size);
  for (let word = load<u8>(slots + slot); word !== 0; word = load<u8>(slots + slot)) {
    if (load<u8>(sizes + word) === size && isSame(from, letters + word * WIDTH, size)) return <Word>word;
    slot = (slot + 1) % SLOTS;
  }
  return Word.OTHER;
}
