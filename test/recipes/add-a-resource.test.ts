import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const run = promisify(execFile);
let dir = '';

/** What the README's recipe says: two files and a line in each of the two catalogues. */
const newFiles: Readonly<Record<string, string>> = {
  'shared/rentvine/resources/parking-spaces.ts': `
import type { Resource } from '../resource.ts';
import { boolean, dateTime, id, object, text } from '../values.ts';

export const parkingSpaces: Resource<'parkingSpaces'> = {
  name: 'parkingSpaces',
  listPath: '/parking/spaces',
  onePath: '/parking/spaces/{id}',
  rowKey: 'parkingSpace',
  idField: 'parkingSpaceId',
  read: object({ parkingSpaceId: id, propertyId: id, name: text, isActive: boolean, dateTimeModified: dateTime }),
  siblings: {},
  idsFromSiblings: { propertyId: 'property' },
  changeFilter: { by: 'dateTimeModified' },
  incrementalMinutes: 60,
  webhookSubjects: ['parkingspace'],
};
`,
  'infra/simulator/resources/parking-spaces.ts': `
import { isoSecond } from '../generator/dates.ts';
import { pastYearMs } from '../generator/plan.ts';
import { modified } from './filters.ts';
import { properties } from './properties.ts';
import type { SimulatedResource } from './resource.ts';
import { named } from './siblings.ts';

export const parkingSpaces: SimulatedResource<'parkingSpaces'> = {
  name: 'parkingSpaces',
  rowKey: 'parkingSpace',
  idKey: 'parkingSpaceID',
  listPath: '/parking/spaces',
  onePath: '/parking/spaces/{parkingSpaceID}',
  count: { small: 60 },
  needs: properties,
  dates: 'modified',
  make: (plan, index) => ({
    parkingSpaceID: index + 1,
    propertyID: 1 + (index % plan.counts.properties),
    name: \`P\${index + 1}\`,
    isActive: true,
    dateTimeModified: isoSecond(pastYearMs(plan, 0.5)),
  }),
  siblings: { property: named(properties) },
  filters: modified,
  webhook: { namespace: 'property', subject: 'parkingSpace' },
  example: { name: 'Renamed' },
};
`,
};
const catalogues = ['shared/rentvine/resources/catalogue.ts', 'infra/simulator/resources/catalogue.ts'];

/** Reads a page and one object as the platform does, asks for changes, and waits for the webhook of one. */
const trial = `
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { startSimulator } from './infra/simulator/simulator.ts';
import { sendWebhooks } from './infra/simulator/webhooks/webhooks.ts';
import { resourceByName } from './shared/rentvine/resources/catalogue.ts';
import { parseRow } from './shared/rentvine/row.ts';
import { readHint } from './shared/webhook/hint.ts';
import { meaningOf } from './shared/webhook/targets.ts';

const simulator = await startSimulator();
const resource = resourceByName('parkingSpaces');
const { accessKey, secret } = simulator.authentication().credentials;
const headers = { authorization: 'Basic ' + btoa(accessKey + ':' + secret) };
const get = async (path) => (await fetch(simulator.baseUrl() + path, { headers })).json();
const rows = (await get(resource.listPath + '?pageSize=100')).map((row) => parseRow(resource, row));
const one = parseRow(resource, await get('/parking/spaces/7'));
const world = simulator.world();

const hinted = Promise.withResolvers();
const receiver = createServer(async (request, response) => {
  hinted.resolve(await json(request));
  response.end();
}).listen(0);
const webhooks = sendWebhooks(world, { url: 'http://127.0.0.1:' + receiver.address().port, signingKey: 'key' });
world.update('parkingSpaces', 7, { name: 'Changed' });
const hint = readHint(await hinted.promise);
const changed = await get(resource.listPath + '?dateTimeModifiedMin=' + new Date(Date.now() - 6e4).toISOString().slice(0, 19).replace('T', '%20'));
console.log(JSON.stringify({
  total: world.size('parkingSpaces'),
  parsed: rows.filter((row) => row.ok && row.row.data.propertyId !== undefined).length,
  one: one.ok && one.row.data.name,
  changed: changed.length,
  hinted: meaningOf(hint).targets.map(({ resource, id }) => resource.name + ' ' + id),
}));
await webhooks.stop();
receiver.close();
await simulator.stop();
`;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'add-a-resource-'));
  const isSource = (path: string) => !/\/(cdk\.out|node_modules|\.local|reports)(\/|$)/.test(path);
  for (const part of ['shared', 'functions', 'infra', 'test', 'tsconfig.json', 'package.json', 'vitest.config.ts']) {
    await cp(part, join(dir, part), { recursive: true, filter: isSource });
  }
  await symlink(join(process.cwd(), 'node_modules'), join(dir, 'node_modules'));
  for (const [file, content] of Object.entries(newFiles)) await writeFile(join(dir, file), content);
  for (const file of catalogues) {
    const text = await readFile(join(dir, file), 'utf8');
    const withImport = text.replace(
      /(import \{ owners \})/,
      "import { parkingSpaces } from './parking-spaces.ts';\n$1",
    );
    await writeFile(join(dir, file), withImport.replace('\n  bills,\n', '\n  bills,\n  parkingSpaces,\n'));
  }
  await writeFile(join(dir, 'trial.mjs'), trial);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

it('a resource is its two files and two lines: nothing else has to be told, in the sources or in the tests', {
  tags: 'long',
}, async () => {
  const tsc = join('node_modules', 'typescript', 'bin', 'tsc');
  const complaints = await run(process.execPath, [tsc], { cwd: dir }).then(
    ({ stdout }) => stdout,
    (error: { readonly stdout: string }) => error.stdout,
  );
  expect(complaints).toBe('');
});

it('it is then listed, read, filtered, and told of by webhooks, as the platform understands them', async () => {
  const { stdout } = await run(process.execPath, ['trial.mjs'], { cwd: dir });
  expect(JSON.parse(stdout)).toEqual({
    total: 60,
    parsed: 60,
    one: 'P7',
    changed: 1,
    hinted: ['parkingSpaces 7'],
  });
}, 120_000);
