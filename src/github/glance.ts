import { OutsideFailure } from '../core/failure.ts';
import { gitBlobId } from '../core/hash.ts';
import type { Connection } from './connection.ts';
import type { Purpose } from './failure.ts';
import type { Glance, GlanceApi } from './glance-port.ts';
import { askGraphql } from './graphql.ts';
import { type Raw, unreadable } from './raw.ts';
import type { TreeEntry } from './remote.ts';

const READ: Purpose = { doing: 'read the configuration and the ledger', permission: 'contents: read' };

/** How deep folders may be nested: `cut/00001234/rollups/day/2026-11-2.ndjson` has four above it. */
const DEEPEST = 5;

/** Entries of a tree, including those of its folders, down to `levels`. */
function entriesOf(levels: number): string {
  const below = levels === 0 ? '' : ` object { ... on Tree { ${entriesOf(levels - 1)} } }`;
  return `entries { name type oid size${below} }`;
}

const BLOB = '... on Blob { text isTruncated }';

function queryFor(within: readonly string[]): string {
  const names = within.map((_, index) => `within${index}`);
  return `query($owner: String!, $name: String!, $file: String!, $ref: String!${names.map((name) => `, $${name}: String!`).join('')}) {
  repository(owner: $owner, name: $name) {
    object(expression: $file) { ${BLOB} }
    ${names.map((name) => `${name}: object(expression: $${name}) { ${BLOB} }`).join('\n    ')}
    ref(qualifiedName: $ref) { target { ... on Commit { oid message tree { oid ${entriesOf(DEEPEST)} } } } }
  }
}`;
}

/** One GraphQL query instead of five REST requests. A job's token may send it with `contents: read`. */
export function glanceApi(connection: Connection, repo: string): GlanceApi {
  const [owner, name] = repo.split('/');
  return {
    glance: async (path, branch, within) => {
      const ref = `refs/heads/${branch}`;
      const wanted = Object.fromEntries(within.map((one, index) => [`within${index}`, `${ref}:${one}`]));
      const variables = { owner, name, file: `HEAD:${path}`, ref, ...wanted };
      const found = (await askGraphql(connection, READ, queryFor(within), variables)).object('repository');
      const contents = Object.keys(wanted).flatMap((key) => wholeContent(found.objectOrNull(key)) ?? []);
      return { file: fileOf(found.objectOrNull('object')), branch: branchOf(found.objectOrNull('ref'), contents) };
    },
  };
}

/** A folder at that path is returned as an object with neither field. */
function fileOf(blob: Raw | null): Uint8Array | null {
  if (blob === null) return null;
  if (!blob.has('text') || blob.flag('isTruncated')) {
    throw new OutsideFailure(unreadable('a file', 'GraphQL shows it in part, or not at all'));
  }
  return Buffer.from(blob.text('text'), 'utf8');
}

/** Null for partial content, since GraphQL returns at most half a megabyte; it is then read separately when needed. */
function wholeContent(blob: Raw | null): Uint8Array | null {
  return blob === null || !blob.has('text') || blob.flag('isTruncated') ? null : Buffer.from(blob.text('text'), 'utf8');
}

/** The branch may have moved between the parts of one answer, so content is stored under the blob id that it really has. */
function branchOf(ref: Raw | null, contents: readonly Uint8Array[]): Glance['branch'] {
  if (ref === null) return null;
  const commit = ref.object('target');
  const tree = commit.object('tree');
  return {
    at: { commit: commit.text('oid'), tree: tree.text('oid'), message: commit.text('message') },
    files: filesIn(tree, '', DEEPEST),
    contents: new Map(contents.map((bytes) => [gitBlobId(bytes), bytes])),
  };
}

function filesIn(tree: Raw, folder: string, levels: number): readonly TreeEntry[] {
  return tree.list('entries').flatMap((entry) => {
    const path = `${folder}${entry.text('name')}`;
    if (entry.text('type') === 'blob') return [{ path, blob: entry.text('oid'), bytes: entry.number('size') }];
    if (entry.text('type') !== 'tree') return [];
    if (levels === 0) throw new OutsideFailure(unreadable('a branch', 'its folders lie too deep'));
    return filesIn(entry.object('object'), `${path}/`, levels - 1);
  });
}
