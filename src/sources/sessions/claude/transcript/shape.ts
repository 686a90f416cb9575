import { type ObjectShape, objectOf, SAID, type Shape, VALUE } from '../../json/shape.ts';

const BLOCK = objectOf({
  type: VALUE,
  id: VALUE,
  name: VALUE,
  tool_use_id: VALUE,
  input: objectOf({ file_path: VALUE, notebook_path: VALUE }),
  // Why a call failed stands in the text of its result: such rows are read wholly.
  is_error: null,
});

const MESSAGE = objectOf({
  id: VALUE,
  model: VALUE,
  stop_reason: VALUE,
  content: { kind: 'list', item: BLOCK },
  usage: objectOf({
    input_tokens: VALUE,
    output_tokens: VALUE,
    cache_read_input_tokens: VALUE,
    cache_creation_input_tokens: VALUE,
    cache_creation: objectOf({ ephemeral_5m_input_tokens: VALUE, ephemeral_1h_input_tokens: VALUE }),
    server_tool_use: objectOf({ web_search_requests: VALUE }),
    speed: VALUE,
  }),
});

const FIELDS: Readonly<Record<string, Shape | null>> = {
  type: VALUE,
  subtype: VALUE,
  sessionId: VALUE,
  timestamp: VALUE,
  cwd: VALUE,
  permissionMode: VALUE,
  uuid: VALUE,
  parentUuid: SAID,
  requestId: VALUE,
  isSidechain: VALUE,
  isMeta: VALUE,
  isCompactSummary: VALUE,
  isApiErrorMessage: VALUE,
  durationMs: VALUE,
  message: MESSAGE,
  // The export of the web: all rows in one.
  loglines: null,
};

/**
 * The fields of a row that the reader of transcripts looks at. A row whose other fields are passed over must give it the same
 * figures: a test holds the two against each other.
 */
export const TRANSCRIPT_ROW: ObjectShape = objectOf({
  ...FIELDS,
  data: objectOf({ type: VALUE, message: objectOf(FIELDS) }),
});
