/** Ids between two ids of the same length, ends included: as text they are in the order of their numbers. */
export interface IdRange {
  readonly first: string;
  readonly last: string;
  readonly ids: readonly string[];
}

/** A range spans fewer ids than this for each one that is wanted; otherwise most of what it reads would be of no use. */
const maxSpreadPerId = 3;
const maxGap = 8;
/** Fewer ids are not worth a request of their own. */
const minIds = 10;

/**
 * Parts ids into ranges in which most are wanted, and the rest. A page of a whole list is one range, or two where its ids get
 * a digit longer; changed objects from all over the list are none.
 */
export function denseRanges(ids: readonly string[]): { ranges: IdRange[]; others: string[] } {
  const ranges: IdRange[] = [];
  const others: string[] = [];
  let run: string[] = [];
  const endRun = () => {
    const [first, last] = [run[0], run.at(-1)];
    const isDense = Number(last) - Number(first) < run.length * maxSpreadPerId;
    if (first === undefined || last === undefined || run.length < minIds || !isDense) others.push(...run);
    else ranges.push({ first, last, ids: run });
    run = [];
  };
  for (const id of ids.filter(isPlainNumber).sort(byNumber)) {
    const before = run.at(-1);
    if (before !== undefined && (id.length !== before.length || Number(id) - Number(before) > maxGap)) endRun();
    run.push(id);
  }
  endRun();
  return { ranges, others: [...others, ...ids.filter((id) => !isPlainNumber(id))] };
}

/** Without leading zeros, and exact as a number. */
const isPlainNumber = (id: string): boolean => /^[1-9]\d{0,14}$/.test(id);
const byNumber = (a: string, b: string): number => Number(a) - Number(b);
