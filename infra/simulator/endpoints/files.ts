import { numberAt, textAt } from '../generator/wire-object.ts';
import { type Answer, notFound } from '../server/answer.ts';
import { InvalidRequest } from '../server/field-errors.ts';
import type { Endpoint, EndpointCall } from './endpoint.ts';

function upload(call: EndpointCall): Answer {
  const { account, query, file } = call;
  if (file === undefined) throw new InvalidRequest('file', 'File is required');
  const dot = file.name.lastIndexOf('.');
  const made = account.world.create('files', {
    fileName: file.name,
    title: dot > 0 ? file.name.slice(0, dot) : file.name,
    fileSize: file.bytes.length,
    fileType: dot > 0 ? file.name.slice(dot + 1).toLowerCase() : '',
    mimeType: file.type || 'application/octet-stream',
    objectTypeID: Number(query.get('objectTypeID')) || null,
    objectID: Number(query.get('objectID')) || null,
  });
  const fileID = numberAt(made, 'fileID') ?? 0;
  account.uploads.set(fileID, file.bytes);
  return call.served('files', fileID);
}

function download({ account, parameters }: EndpointCall): Answer {
  const fileID = Number(parameters.fileID);
  const file = account.world.get('files', fileID);
  if (file === undefined) return notFound();
  const bytes = account.uploads.get(fileID) ?? Buffer.from(`The content of ${textAt(file, 'fileName')}.\n`);
  return { status: 200, body: bytes, contentType: textAt(file, 'mimeType') };
}

/** Uploads as a form with a part named `file`; `objectTypeID` and `objectID` in the query attach it to an object. */
export const files: readonly Endpoint[] = [
  { method: 'POST', path: '/files', answer: upload },
  { method: 'GET', path: '/files/{fileID}/download', answer: download },
];
