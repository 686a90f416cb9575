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

/** A hash table of the words by `numberOf`. Collisions move to the next free slot. */
const SLOT_BITS: u64 = 8;
const LAST_SLOT: u32 = 255;
const slots: usize = memory.data(256);
/** The letters of each word, `WIDTH` bytes with zeros behind them, and its size. */
const WIDTH: u32 = 32;
const letters: usize = memory.data(64 * 32, 16);
const sizes: usize = memory.data(64);
/** Sixteen bytes of ones, and twice as many zeros: `size` ones in sixteen bytes begin that far before the zeros. */
export const HALF: usize = 16;
const ones: usize = memory.data(48, 16);

/** Stores the words for lookup. Each is followed by a space. */
export function layOutWords(): void {
  v128.store(ones, i8x16.splat(-1));
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
    let slot = numberOf(v128.load(letters + word * WIDTH), SLOT_BITS);
    while (load<u8>(slots + slot) !== 0) slot = (slot + 1) & LAST_SLOT;
    store<u8>(slots + slot, <u8>word);
    word++;
    size = 0;
  }
  return word;
}

/**
 * Maps sixteen letters to a number of some bits. The factors are random ones that keep all words apart, and the usual other names
 * away from them.
 */
export function numberOf(start: v128, size: u64): u32 {
  const low = i64x2.extract_lane(start, 0) * 0x5f3d5cbf0176a8f5;
  const high = i64x2.extract_lane(start, 1) * 0xa56176a2e64941df;
  return <u32>(<u64>(low ^ high) >>> (64 - size));
}

/** The bits of the first `size` of sixteen letters. */
export function onesFor(size: usize): v128 {
  return v128.load(ones + HALF - size);
}

/** The first `size` of sixteen letters, with zeros behind them. */
export function startOf(from: usize, size: usize): v128 {
  return v128.and(v128.load(from), onesFor(size));
}

/** The word between two places. */
export function wordAt(from: usize, to: usize): Word {
  const size = to - from;
  if (size > <usize>WIDTH) return Word.OTHER;
  const start = startOf(from, min(size, HALF));
  let slot = numberOf(start, SLOT_BITS);
  for (let word = <u32>load<u8>(slots + slot); word !== 0; word = <u32>load<u8>(slots + slot)) {
    if (<usize>load<u8>(sizes + word) === size && isWord(word, start, from, size)) return <Word>word;
    slot = (slot + 1) & LAST_SLOT;
  }
  return Word.OTHER;
}

function isWord(word: u32, start: v128, from: usize, size: usize): bool {
  const own = letters + word * WIDTH;
  if (v128.any_true(v128.xor(v128.load(own), start))) return false;
  return size <= HALF || !v128.any_true(v128.xor(v128.load(own, 16), startOf(from + HALF, size - HALF)));
}
