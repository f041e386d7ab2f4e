import { type AttributeMap, itemSize } from './attribute-value.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html */
const bytesPerWriteUnit = 1024;
const bytesPerReadUnit = 4096;

/** Of one item: the larger of what was there and what is there now counts. */
export const writeUnits = (before: AttributeMap | undefined, after: AttributeMap | undefined): number =>
  Math.max(1, ...[before, after].map((item) => (item ? Math.ceil(itemSize(item) / bytesPerWriteUnit) : 0)));

/** Of what is read in one go; an eventually consistent read takes half. */
export const readUnits = (bytes: number, isConsistent: boolean): number =>
  Math.max(1, Math.ceil(bytes / bytesPerReadUnit)) * (isConsistent ? 1 : 0.5);

/** The part of an answer that says what a request took, where it asked. */
export const consumed = (asked: string | undefined, TableName: string, CapacityUnits: number) =>
  asked === undefined || asked === 'NONE' ? {} : { ConsumedCapacity: { TableName, CapacityUnits } };
