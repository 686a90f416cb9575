import { type ObjectShape, objectOf, SAID, type Shape, VALUE } from '../../json/shape.ts';

type Fields = Readonly<Record<string, Shape | null>>;

const BLOCK = objectOf({
  type: VALUE,
  id: VALUE,
  name: VALUE,
  tool_use_id: VALUE,
  input: objectOf({ file_path: VALUE, notebook_path: VALUE }),
  // Why a call failed stands in the text of its result: such rows are read wholly.
  is_error: null,
});

const ANSWER: Fields = {
  id: VALUE,
  model: VALUE,
  stop_reason: VALUE,
  usage: objectOf({
    input_tokens: VALUE,
    output_tokens: VALUE,
    cache_read_input_tokens: VALUE,
    cache_creation_input_tokens: VALUE,
    cache_creation: objectOf({ ephemeral_5m_input_tokens: VALUE, ephemeral_1h_input_tokens: VALUE }),
    server_tool_use: objectOf({ web_search_requests: VALUE }),
    speed: VALUE,
  }),
};

const WHOSE: Fields = {
  type: VALUE,
  sessionId: VALUE,
  timestamp: VALUE,
  uuid: VALUE,
  parentUuid: SAID,
  requestId: VALUE,
  isSidechain: VALUE,
  message: objectOf(ANSWER),
};

const FIELDS: Fields = {
  ...WHOSE,
  subtype: VALUE,
  cwd: VALUE,
  permissionMode: VALUE,
  isMeta: VALUE,
  isCompactSummary: VALUE,
  isApiErrorMessage: VALUE,
  durationMs: VALUE,
  message: objectOf({ ...ANSWER, content: { kind: 'list', item: BLOCK } }),
  // The export of the web: all rows in one.
  loglines: null,
};

/**
 * The fields of a row that the reader of transcripts looks at. A row whose other fields are passed over must give it the same
 * figures: a test holds the two against each other.
 */
export const TRANSCRIPT_ROW: ObjectShape = rowOf(FIELDS);

/** The fields of a row that tell what an answer of the API used. */
export const USAGE_ROW: ObjectShape = rowOf(WHOSE);

/** A row, which may hold one of a subagent. */
function rowOf(fields: Fields): ObjectShape {
  return objectOf({ ...fields, data: objectOf({ type: VALUE, message: objectOf(fields) }) });
}
