/** Entry of the process that stands for AWS as the receiver sees it: it takes everything, and at once. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import * as z from 'zod';
import { listen, portOf } from '../../../infra/local/http-server.ts';
import { serve } from '../../bench/processes/remote.ts';
import { accountName } from '../account.ts';
import { stubOptions } from './protocol.ts';

const message = z.object({ MessageBody: z.string() });

serve({
  async start(argument) {
    const { secret } = stubOptions.parse(argument);
    const entry = { sk: { S: accountName }, since: { S: '2026-01-01T00:00:00Z' }, state: { S: 'active' } };
    const answers: Readonly<Record<string, (body: string) => unknown>> = {
      'secretsmanager.GetSecretValue': () => ({ Name: 'stub', SecretString: secret }),
      // The receiver queries nothing but the directory of accounts.
      'DynamoDB_20120810.Query': () => ({ Items: [entry], Count: 1 }),
      'AmazonSQS.SendMessage': (body) => ({
        MessageId: crypto.randomUUID(),
        // The SDK compares it.
        MD5OfMessageBody: createHash('md5')
          .update(message.parse(JSON.parse(body)).MessageBody)
          .digest('hex'),
      }),
    };
    const server = createServer({ keepAliveTimeout: 60_000 }, async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const answer = answers[String(request.headers['x-amz-target'])]?.(Buffer.concat(chunks).toString()) ?? {};
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(answer));
    });
    await listen(server, 0);
    return { endpoint: `http://127.0.0.1:${portOf(server)}` };
  },
});
