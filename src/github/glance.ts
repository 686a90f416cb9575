import { OutsideFailure } from '../core/failure.ts';
import type { Connection } from './connection.ts';
import type { Purpose } from './failure.ts';
import type { Glance, GlanceApi } from './glance-port.ts';
import { askGraphql } from './graphql.ts';
import type { TreeEntry } from './port.ts';
import { type Raw, unreadable } from './raw.ts';

const READ: Purpose = { doing: 'read the configuration and the ledger', permission: 'contents: read' };

/** How deep folders may lie in each other: `cut/00001234/rollups/day/2026-11-2.ndjson` has four above it. */
const DEEPEST = 5;

/** Entries of a tree, with those of the folders in it as far down as `levels` goes. */
function entriesOf(levels: number): string {
  const below = levels === 0 ? '' : ` object { ... on Tree { ${entriesOf(levels - 1)} } }`;
  return `entries { name type oid size${below} }`;
}

const QUERY = `query($owner: String!, $name: String!, $file: String!, $ref: String!) {
  repository(owner: $owner, name: $name) {
    object(expression: $file) { ... on Blob { text isTruncated } }
    ref(qualifiedName: $ref) { target { ... on Commit { oid message tree { oid ${entriesOf(DEEPEST)} } } } }
  }
}`;

/** One question of GraphQL in the place of five of REST. The token of a job may ask it with `contents: read`. */
export function glanceApi(connection: Connection, repo: string): GlanceApi {
  const [owner, name] = repo.split('/');
  return {
    glance: async (path, branch) => {
      const variables = { owner, name, file: `HEAD:${path}`, ref: `refs/heads/${branch}` };
      const found = (await askGraphql(connection, READ, QUERY, variables)).object('repository');
      return { file: fileOf(found.objectOrNull('object')), branch: branchOf(found.objectOrNull('ref')) };
    },
  };
}

/** A folder at that path answers with an object that has neither field. */
function fileOf(blob: Raw | null): Uint8Array | null {
  if (blob === null) return null;
  if (!blob.has('text') || blob.flag('isTruncated')) {
    throw new OutsideFailure(unreadable('a file', 'GraphQL shows it in part, or not at all'));
  }
  return Buffer.from(blob.text('text'), 'utf8');
}

function branchOf(ref: Raw | null): Glance['branch'] {
  if (ref === null) return null;
  const commit = ref.object('target');
  const tree = commit.object('tree');
  return {
    at: { commit: commit.text('oid'), tree: tree.text('oid'), message: commit.text('message') },
    files: filesIn(tree, '', DEEPEST),
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
