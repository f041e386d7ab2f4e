import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { userInfo } from 'node:os';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Platform } from '../platform/platform.ts';
import { operatorOf } from './operator.ts';

const arn = 'arn:aws:sts::123456789012:assumed-role/on-call/ann';
const identity = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
  <Arn>${arn}</Arn><UserId>AROA:ann</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>`;
const refused = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error>
  <Type>Sender</Type><Code>ExpiredToken</Code><Message>The security token is expired.</Message>
</Error></ErrorResponse>`;

/** AWS's STS, which answers this. */
async function answering(status: number, body: string): Promise<void> {
  const server = createServer((_, response) => response.writeHead(status, { 'content-type': 'text/xml' }).end(body));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  vi.stubEnv('AWS_ENDPOINT_URL_STS', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'key');
  onTestFinished(() => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  });
}

const deployed = new Platform({ stage: 'prod' });

it('the operator is the AWS identity that acts, whatever the user of the machine is called', async () => {
  await answering(200, identity);
  expect(await operatorOf(deployed)).toBe(arn);
});

it('nobody acts whom AWS does not name', async () => {
  await answering(403, refused);
  await expect(operatorOf(deployed)).rejects.toThrow('what is done here is audited. Log in to AWS, or set AWS_PROFILE');
});

it('on this machine it is the machine’s user, and says so', async () => {
  const local = new Platform({ stage: 'dev', clientConfig: { endpoint: 'http://127.0.0.1:1' } });
  expect(await operatorOf(local)).toBe(`local user ${userInfo().username}`);
});
