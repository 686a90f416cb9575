import { DUPLICATE, SILENT_REVERT, STALE_BASE } from './checks/base.ts';
import { BINARY, GENERATED_CONTENT } from './checks/content.ts';
import { CONTROL_PLANE } from './checks/control-plane.ts';
import { DEPENDENCIES } from './checks/dependencies.ts';
import { ENCODED } from './checks/encoded.ts';
import { GATES_LOOSENED } from './checks/gates.ts';
import { HIDDEN_TEXT } from './checks/hidden-text.ts';
import { SCOPE_DELETIONS, SCOPE_PATHS, SCOPE_SIZE } from './checks/scope.ts';
import { SECRETS } from './checks/secrets.ts';
import { SPECIAL_FILES } from './checks/special-files.ts';
import { TESTS_REMOVED, TESTS_WEAKENED } from './checks/tests.ts';
import { DEAR, MOVED_HEAD, SESSION } from './checks/work.ts';
import type { ReviewCheck } from './matter.ts';

/** Every check of the floor, in the order of the docs. */
export const REVIEW_CHECKS: readonly ReviewCheck[] = [
  SCOPE_PATHS,
  SCOPE_SIZE,
  SCOPE_DELETIONS,
  CONTROL_PLANE,
  DEPENDENCIES,
  TESTS_REMOVED,
  TESTS_WEAKENED,
  GATES_LOOSENED,
  SECRETS,
  ENCODED,
  HIDDEN_TEXT,
  BINARY,
  GENERATED_CONTENT,
  SPECIAL_FILES,
  STALE_BASE,
  SILENT_REVERT,
  DUPLICATE,
  SESSION,
  DEAR,
  MOVED_HEAD,
];
