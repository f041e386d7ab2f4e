import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A text of the repository, and where it stands: a file, or what a commit added to one. */
export interface ScannedText {
  readonly where: string;
  readonly file: string;
  readonly text: string;
}

/** Far more than any history here has; what is beyond fails. */
const maxOutputBytes = 2 ** 30;
const git = (directory: string, ...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: directory, encoding: 'utf8', maxBuffer: maxOutputBytes });

/** Every file of the working copy that git does not ignore. */
export function filesOfTree(directory: string): ScannedText[] {
  const names = git(directory, 'ls-files', '--cached', '--others', '--exclude-standard', '-z').split('\0');
  return names.filter(Boolean).flatMap((file) => {
    try {
      return [{ where: file, file, text: readFileSync(join(directory, file), 'utf8') }];
    } catch (error) {
      // Deleted, and not yet committed.
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    }
  });
}

/** What each commit that the working copy is built on added to each file, whether it is still there or not. */
export function additionsOfHistory(directory: string): ScannedText[] {
  const log = git(
    directory,
    'log',
    '--patch',
    '--unified=0',
    '--no-renames',
    '--no-color',
    '--text',
    '--format=commit %h',
  );
  const added: ScannedText[] = [];
  let commit = '';
  for (const part of log.split(/^(?=commit [0-9a-f]+$|diff --git )/m)) {
    commit = /^commit ([0-9a-f]+)$/m.exec(part)?.[1] ?? commit;
    const file = /^\+\+\+ "?b\/(.*?)"?\t?$/m.exec(part)?.[1];
    if (file === undefined) continue;
    const lines = part.slice(part.indexOf('\n@@')).split('\n');
    const text = lines
      .filter((line) => line.startsWith('+'))
      .map((line) => line.slice(1))
      .join('\n');
    added.push({ where: `${commit} ${file}`, file, text });
  }
  return added;
}

/** Whether all of the history is here: a shallow clone has the latest commits only. */
export const isHistoryWhole = (directory: string): boolean =>
  git(directory, 'rev-parse', '--is-shallow-repository').trim() === 'false';
