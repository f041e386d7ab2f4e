import { createSocket } from 'node:dgram';
import * as z from 'zod';

/** What a function tells of one piece of work. */
export const segmentSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  trace_id: z.string(),
  parent_id: z.string(),
  in_progress: z.boolean().optional(),
  annotations: z.record(z.string(), z.unknown()).optional(),
});
export type Segment = z.infer<typeof segmentSchema>;

/** Takes segments as the X-Ray daemon does: a header line and one document in each datagram (X-Ray Developer Guide). */
export async function startDaemon(): Promise<AsyncDisposable & { address: string; texts: string[] }> {
  const texts: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (message) => texts.push(message.toString()));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    texts,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => socket.close(() => resolve()));
    },
  };
}

export const segmentOf = (text: string): Segment => segmentSchema.parse(JSON.parse(text.slice(text.indexOf('\n') + 1)));
