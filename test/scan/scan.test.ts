import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { scanRepository } from './scan-repository.ts';
import { auditDependencies } from './vulnerabilities.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'scan-'));
  return () => rmSync(directory, { recursive: true });
});

const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: directory });
const write = (file: string, text: string) => writeFileSync(join(directory, file), text);
function startRepository(): void {
  git('init', '--quiet');
  git('commit', '--quiet', '--allow-empty', '--message', 'nothing yet');
}
const commit = (message: string) => {
  git('add', '--all');
  git('commit', '--quiet', '--message', message);
};

/** None of them is one, and none stands here in one piece: this file is scanned too. */
const planted = {
  'an AWS access key': `const id = '${'AKIA'}Q3EGXZ7LPWM2RT5V';`,
  'a private key': `-----BEGIN ${'PRIVATE'} KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEF7Qp3'.repeat(12)}\n-----END ${'PRIVATE'} KEY-----`,
  'the key of an account': `{"auth":{"scheme":"basic","${'access'}Key":"x","${'sec'}ret":"9f8e7d6c5b4a39281706f5e4d3c2b1a0"}}`,
  'a variable of the shell': `RENTVINE_${'SECRET'}=9f8e7d6c5b4a39281706`,
  'a token of GitHub': `${'ghp'}_${'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'}`,
};

describe('npm run scan', () => {
  it.each(Object.entries(planted))('finds %s in a file, and tells its place and not what it is', async (_, text) => {
    startRepository();
    write('settings.ts', `// first line\n${text}\n`);
    const { found } = await scanRepository(directory, []);
    expect(found).toMatchObject([{ where: 'settings.ts', line: 2 }]);
    for (const part of text.match(/[\w+/]{16,}/g) ?? []) expect(JSON.stringify(found)).not.toContain(part);
  });

  it.each(Object.entries(planted))('finds %s that a later commit took away', { tags: 'long' }, async (_, text) => {
    startRepository();
    write('a file.ts', `${text}\n`);
    commit('with it');
    write('a file.ts', 'nothing\n');
    commit('without it');
    const { found } = await scanRepository(directory, []);
    expect(found).toMatchObject([{ where: expect.stringMatching(/^[0-9a-f]+ a file\.ts$/) }]);
  });

  it('lets through what was reviewed, that alone, and says what need not be reviewed any more', async () => {
    startRepository();
    write('a.ts', planted['an AWS access key']);
    const [{ digest = '' } = {}] = (await scanRepository(directory, [])).found;
    const reviewed = [digest, '0000000000000000'].map((each) => ({ digest: each, why: 'It is of this test.' }));
    expect(await scanRepository(directory, reviewed)).toMatchObject({ found: [], unused: ['0000000000000000'] });
    write('b.ts', planted['an AWS access key'].replace('V', 'W'));
    expect((await scanRepository(directory, reviewed)).found).toMatchObject([{ where: 'b.ts' }]);
  });

  it('minds no comment that would switch it off', async () => {
    startRepository();
    write('a.ts', `// secretlint-disable\n${planted['an AWS access key']}`);
    expect((await scanRepository(directory, [])).found).toHaveLength(1);
  });
});

describe('the check of known vulnerabilities', () => {
  /** A registry that answers what is asked about advisories in this way. */
  async function registry(answer: (response: ServerResponse) => void): Promise<string> {
    const server = createServer((request, response) => {
      request.resume();
      if (request.url?.includes('advisories')) return answer(response);
      const versions = {
        '1.0.0': { name: 'leaky', version: '1.0.0', dist: { tarball: 'http://127.0.0.1/leaky.tgz' } },
      };
      response.end(JSON.stringify({ name: 'leaky', 'dist-tags': { latest: '1.0.0' }, versions }));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  beforeEach(() => {
    const dependencies = { leaky: '1.0.0' };
    write('package.json', JSON.stringify({ name: 'scanned', version: '1.0.0', dependencies }));
    const packages = {
      '': { name: 'scanned', version: '1.0.0', dependencies },
      'node_modules/leaky': { version: '1.0.0', integrity: 'sha512-AAAA' },
    };
    write('package-lock.json', JSON.stringify({ name: 'scanned', version: '1.0.0', lockfileVersion: 3, packages }));
  });

  it('tells of the package that the registry knows to be vulnerable', async () => {
    const url = await registry((response) =>
      response.end(
        JSON.stringify({
          leaky: [
            {
              id: 1,
              url: 'https://advisories.example/1',
              title: 'It leaks',
              severity: 'critical',
              vulnerable_versions: '<2.0.0',
              cwe: [],
              cvss: { score: 9.8, vectorString: null },
            },
          ],
        }),
      ),
    );
    expect(await audit(url)).toEqual({
      kind: 'checked',
      lines: ['critical: leaky: It leaks, https://advisories.example/1'],
      grave: 1,
    });
  });

  it('is passed where the registry knows of nothing', async () => {
    const url = await registry((response) => response.end('{}'));
    expect(await audit(url)).toEqual({ kind: 'checked', lines: [], grave: 0 });
  });

  it('says that nothing was checked where the registry has no such data', async () => {
    const url = await registry((response) => response.writeHead(405, { allow: 'GET' }).end());
    expect(await audit(url)).toMatchObject({ kind: 'notChecked', why: expect.stringContaining('405') });
  });

  const audit = (url: string) => auditDependencies(directory, url);
});
