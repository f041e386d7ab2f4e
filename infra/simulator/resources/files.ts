import { isoSecond } from '../generator/dates.ts';
import { pastYearMs } from '../generator/plan.ts';
import { between, pick, randomFor } from '../generator/random.ts';
import { numberAt } from '../generator/wire-object.ts';
import { oneOf } from './filters.ts';
import type { SimulatedResource } from './resource.ts';
import { workOrders } from './work-orders.ts';

const kinds = [
  { fileType: 'jpg', mimeType: 'image/jpeg' },
  { fileType: 'pdf', mimeType: 'application/pdf' },
  { fileType: 'txt', mimeType: 'text/plain' },
];

/** Pictures and papers, each attached to one object; a company begins with some of work orders. */
export const files: SimulatedResource<'files'> = {
  name: 'files',
  rowKey: 'file',
  idKey: 'fileID',
  objectTypeID: 32,
  listPath: '/files',
  onePath: '/files/{fileID}',
  isDeletable: true,
  count: (of) => Math.floor(of(workOrders) / 2),
  dates: 'created',
  make(plan, index, count) {
    const random = randomFor(plan.seed, 92, index);
    const { fileType, mimeType } = pick(random, kinds);
    return {
      fileID: index + 1,
      fileName: `attachment-${index + 1}.${fileType}`,
      title: `Attachment ${index + 1}`,
      fileSize: between(random, 800, 400_000),
      fileType,
      mimeType,
      objectTypeID: workOrders.objectTypeID ?? null,
      objectID: 1 + (index % (count * 2)),
      dateTimeCreated: isoSecond(pastYearMs(plan, random())),
    };
  },
  siblings: {
    attachment: (file) => ({
      fileAttachmentID: (numberAt(file, 'fileID') ?? 0) * 10,
      fileID: file.fileID ?? null,
      objectTypeID: file.objectTypeID ?? null,
      objectID: file.objectID ?? null,
    }),
  },
  filters: { objectID: oneOf('objectID'), objectTypeID: oneOf('objectTypeID') },
  example: { title: 'Renamed' },
};
