import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MissingPrerequisite } from './missing-prerequisite.ts';

const cache = fileURLToPath(new URL('../node_modules/.cache/python/', import.meta.url));

const newestFirst = ['python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];
/** Debian has Python without `ensurepip`, with which a virtual environment gets its pip. */
const isUsable = 'import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 10) else 1)';
const maxInstallMs = 5 * 60_000;

/**
 * A Python with everything of a requirements.txt, in a virtual environment that is kept until the file changes.
 *
 * @param otherwise what else a person can do where that is not possible, beginning with a comma, if anything
 * @returns the path of its interpreter
 * @throws MissingPrerequisite when there is no Python 3.10 or newer, or the packages cannot be installed
 */
export function pythonWithPackages(requirements: string, otherwise = ''): string {
  const version = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const finished = `${cache}${version}`;
  if (existsSync(finished)) return `${finished}/bin/python`;

  const python = ['python3', 'python', ...newestFirst].find((name) => run(name, ['-c', isUsable]).status === 0);
  if (python === undefined) {
    throw new MissingPrerequisite(
      `Install Python 3.10 or newer with its venv and pip (on Debian: apt install python3-venv)${otherwise}.`,
    );
  }
  // Renamed when it is whole, so that an interrupted installation is never taken for a finished one.
  const inProgress = `${cache}in-progress-${process.pid}`;
  mkdirSync(cache, { recursive: true });
  try {
    const install = (command: string, args: readonly string[]) => {
      const { status, stderr } = run(command, args);
      if (status === 0) return;
      const reason = stderr?.trim().split('\n').at(-1) ?? 'it could not be started';
      throw new MissingPrerequisite(
        `Let pip install the packages of ${requirements}${otherwise}; ${command} ${args.slice(0, 3).join(' ')} failed: ${reason}`,
      );
    };
    install(python, ['-m', 'venv', inProgress]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
    install(`${inProgress}/bin/python`, [...pip, '--requirement', requirements]);
    renameSync(inProgress, finished);
  } finally {
    rmSync(inProgress, { recursive: true, force: true });
  }
  return `${finished}/bin/python`;
}

const run = (command: string, args: readonly string[]) =>
  spawnSync(command, args, { encoding: 'utf8', timeout: maxInstallMs });
