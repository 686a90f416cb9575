/** Folders that hold other people's code or git's own data: nothing below them is read, unless they are named. */
export const SKIPPED_FOLDERS: readonly string[] = ['.git', 'node_modules'];
