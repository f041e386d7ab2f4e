import { join } from 'node:path';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { describe, expect, inject } from 'vitest';
import { exportRecords } from '../../infra/cli/export-records.ts';
import { privateMarker } from '../../infra/simulator/generator/personal.ts';
import type { Table } from '../../shared/store/dynamo-table.ts';
import { onCompany } from '../fixtures.ts';
import { allResources } from './company.ts';
import { until } from './eventually.ts';
import type { Harness } from './harness.ts';

const credentials = {
  accessKey: 'MARKER-access-key',
  secret: 'MARKER-secret',
  apiKey: 'MARKER-api-key',
  apiSecret: 'MARKER-api-secret',
  tenantId: 'tenant-1',
};
const base64 = Buffer.from(`${credentials.accessKey}:${credentials.secret}`).toString('base64');
const forbidden = [privateMarker, 'MARKER-', base64, encodeURIComponent(`${credentials.accessKey}:`)];

const it = onCompany({ settings: { requestTimeoutSeconds: 1 } }, credentials);

async function everythingIn({ client, name }: Table): Promise<string> {
  const found: string[] = [];
  for await (const page of paginateScan({ client }, { TableName: name })) found.push(JSON.stringify(page.Items));
  return found.join('\n');
}

async function expectNoMarkers(harness: Harness): Promise<void> {
  await until('the functions to be quiet', () => harness.stack.idle().then(() => true));
  const places = {
    logs: harness.logs.join('\n'),
    records: await everythingIn(harness.records),
    state: await everythingIn(harness.state),
    events: JSON.stringify(harness.stack.busEvents().events),
  };
  for (const [place, text] of Object.entries(places)) {
    expect(text.length, place).toBeGreaterThan(100);
    for (const marker of forbidden) {
      const at = text.indexOf(marker);
      expect(at < 0 ? '' : text.slice(Math.max(0, at - 80), at + 80), `${marker} in ${place}`).toBe('');
    }
  }
}

describe('Promise 8, private', () => {
  it('personal fields and credentials are in no record, log, metric, state item or event of a sync that goes well', async ({
    harness,
    company,
  }) => {
    expect(JSON.stringify(company.simulator.servedRow('tenants', company.world.ids('tenants')[0] ?? 0))).toContain(
      privateMarker,
    );
    const runs = await company.syncAll(allResources, 'full');
    for (const [resource, run] of runs) expect(run.status, resource).toBe('succeeded');
    for (const resource of ['tenants', 'owners', 'vendors', 'portfolios'] as const) {
      const [id = 0] = company.world.ids(resource);
      company.world.update(resource, id, { name: 'Renamed', birthDate: `${privateMarker}changed` });
    }
    await company.syncAll(allResources, 'incremental');
    await expectNoMarkers(harness);
    // What is exported is searched after the last test, with the output of all stacks.
    for (const resource of allResources) {
      await exportRecords(harness.records, company.collection(resource), join(inject('outputDir'), 'export'));
    }
  });

  it('nor in what is said of malformed rows, refused credentials, broken answers and broken connections', async ({
    harness,
    company,
  }) => {
    const { faults } = company.simulator;
    const ids = company.world.ids('tenants').slice(0, 3);
    faults.add({ kind: 'malformedRows', how: 'badFlag', ids, resource: 'tenants' });
    faults.add({
      kind: 'malformedRows',
      how: 'missingId',
      ids: company.world.ids('owners').slice(0, 2),
      resource: 'owners',
    });
    expect((await company.sync('tenants', 'full')).counts.quarantined).toBe(3);
    await company.sync('owners', 'full');
    await expectNoMarkers(harness);
    faults.clear();
    for (const kind of ['truncate', 'dropMidBody', 'html', 'drop'] as const) {
      faults.add({ kind, times: 2 });
      await company.sync('tenants', 'full');
      faults.clear();
    }
    company.simulator.authentication().revoke();
    expect((await company.sync('tenants', 'full')).error?.code).toBe('UNAUTHENTICATED');
    company.simulator.authentication().restore();

    const ofUnknownShape = await harness.company({
      ...credentials,
      simulator: { envelope: `${privateMarker.toLowerCase()}rows` },
    });
    expect((await ofUnknownShape.sync('tenants', 'full')).error?.code).toBe('CONTRACT');
    const withToken = await harness.company(credentials);
    const { apiKey, apiSecret, tenantId } = credentials;
    await withToken.putSecret({ auth: { scheme: 'token', apiKey, apiSecret, tenantId } });
    expect((await withToken.sync('tenants', 'full')).status).toBe('succeeded');
    const misconfigured = await harness.company();
    await misconfigured.putSecret({
      auth: { scheme: 'token', apiKey, apiSecret },
      baseUrl: `http://MARKER-user:MARKER-secret@localhost`,
    });
    expect((await misconfigured.sync('tenants', 'full')).error?.code).toBe('CONFIGURATION');
    await expectNoMarkers(harness);
  });

  it('nor in what a worker says that cannot reach its own tables, even if the refusal quotes them', async ({
    harness,
  }) => {
    const quoted = JSON.stringify({ birthDate: `${privateMarker}quoted`, signingKeys: ['MARKER-quoted'] });
    const stop = harness.intercept(({ operation }) =>
      operation === 'BatchExecuteStatement'
        ? { status: 400, type: 'ResourceNotFoundException', message: `Refused: ${quoted} by ${credentials.secret}` }
        : undefined,
    );
    const other = await harness.company(credentials);
    await other.request('tenants', 'full');
    await until('the job to fail', () => harness.logs.some((line) => line.includes('A sync job failed')));
    stop();
    const failures = harness.logs.filter((line) => line.includes('A sync job failed')).join('\n');
    expect(failures).toContain('Refused: ');
    for (const marker of forbidden) expect(failures).not.toContain(marker);
  });
});
