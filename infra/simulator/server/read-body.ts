import type { IncomingMessage } from 'node:http';
import type { UploadedFile } from '../endpoints/endpoint.ts';

const maxBodyBytes = 10_000_000;

/** What a request carries: JSON, or a form with a file. Nothing for a body that is empty or neither. */
export interface Content {
  readonly json?: unknown;
  readonly file?: UploadedFile;
}

/** @throws RangeError for a body that is too large */
export async function readBody(request: IncomingMessage): Promise<Content> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > maxBodyBytes) throw new RangeError('The body is too large.');
    chunks.push(buffer);
  }
  const body = Buffer.concat(chunks);
  const contentType = request.headers['content-type'] ?? '';
  if (contentType.startsWith('multipart/form-data')) return formOf(body, contentType);
  try {
    return { json: JSON.parse(body.toString('utf8')) };
  } catch {
    return {};
  }
}

async function formOf(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<Content> {
  const form = await new Response(body, { headers: { 'content-type': contentType } }).formData();
  const file = form.get('file');
  if (file === null || typeof file === 'string') return {};
  return { file: { name: file.name, type: file.type, bytes: new Uint8Array(await file.arrayBuffer()) } };
}
