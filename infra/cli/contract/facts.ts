import type { Observation, ResourceObservation } from './observation.ts';

export type Verdict = 'confirmed' | 'contradicted' | 'cannot tell';

/** One statement about the API, held against what an account's server answers. */
export interface Finding {
  readonly fact: string;
  /** Absent where the fact is about the server as a whole. */
  readonly resource?: string;
  readonly verdict: Verdict;
  readonly found: string;
  /** Whether the platform is wrong where this is contradicted; the others are for information. */
  readonly reliedOn: boolean;
}

type Judgement = readonly [Verdict, string];

interface ResourceFact {
  readonly fact: string;
  readonly reliedOn: boolean;
  /** Undefined where the fact does not concern the resource. */
  readonly judge: (seen: ResourceObservation) => Judgement | undefined;
}

const list = (words: readonly string[]): string => (words.length === 0 ? 'none' : words.join(', '));
const when = (isSo: boolean, found: string): Judgement => [isSo ? 'confirmed' : 'contradicted', found];
const isReadable = ({ list: answer }: ResourceObservation): boolean => answer.startsWith('200 ');

const resourceFacts: readonly ResourceFact[] = [
  {
    fact: 'the path of the list is right, and the key may read it',
    reliedOn: true,
    judge: ({ list: answer }) =>
      answer.startsWith('403 ')
        ? ['cannot tell', 'the role of the key may not read it (403)']
        : when(answer.startsWith('200 '), answer),
  },
  {
    fact: 'a list is an array, or wrapped as data or results',
    reliedOn: true,
    judge: (seen) => (isReadable(seen) ? when(seen.envelope !== undefined, seen.envelope ?? 'no list') : undefined),
  },
  {
    fact: 'rows have the expected object, id and types',
    reliedOn: true,
    judge: ({ envelope, rows, unfit, reasons }) => {
      if (envelope === undefined) return undefined;
      if (rows === 0) return ['cannot tell', 'the list is empty'];
      return when(
        unfit === 0,
        unfit === 0 ? `${rows} rows` : `${unfit} of ${rows} rows do not fit: ${reasons.join('; ')}`,
      );
    },
  },
  {
    fact: 'a list ends with an empty page, a refusal or its last page',
    reliedOn: true,
    judge: ({ listEnd }) =>
      listEnd === undefined ? undefined : when(listEnd !== 'rows' && !/^5\d\d /.test(listEnd), listEnd),
  },
  {
    fact: 'pageSize is honoured',
    reliedOn: false,
    judge: ({ pageSize }) =>
      pageSize === undefined
        ? undefined
        : when(pageSize.given === pageSize.asked, `${pageSize.given} rows for ${pageSize.asked}`),
  },
  {
    fact: 'pagination headers are sent, and their total is right',
    reliedOn: false,
    judge: ({ rows, headers, totalIsRight }) => {
      if (rows === 0) return undefined;
      if (headers.length === 0) return ['contradicted', 'no such headers'];
      return totalIsRight === undefined
        ? ['cannot tell', `${headers.length} headers`]
        : when(totalIsRight, `${headers.length} headers`);
    },
  },
  {
    fact: 'rows come in the order of their ids',
    reliedOn: false,
    judge: ({ order }) => (order === undefined ? undefined : when(order !== 'none', order)),
  },
  {
    fact: 'numbers are written as text',
    reliedOn: false,
    judge: ({ numbers }) => (numbers.length === 0 ? undefined : when(numbers.join() === 'text', list(numbers))),
  },
  {
    fact: 'booleans are written as "0" and "1"',
    reliedOn: false,
    judge: ({ booleans }) =>
      booleans.length === 0 ? undefined : when(booleans.join() === 'text "0/1"', list(booleans)),
  },
  {
    fact: 'date-times are zoneless or ISO 8601',
    reliedOn: true,
    judge: ({ dateTimes }) =>
      dateTimes.length === 0
        ? undefined
        : when(
            dateTimes.every((form) => form === 'zoneless' || form === 'ISO 8601'),
            list(dateTimes),
          ),
  },
  {
    fact: 'date-times without a zone are UTC',
    reliedOn: true,
    judge: ({ dateTimes, modifiedInFuture }) => {
      if (!dateTimes.includes('zoneless')) return undefined;
      // West of UTC they look old, which a company at rest does too.
      if (modifiedInFuture !== true)
        return ['cannot tell', 'none lies beyond the server’s clock, as a zone east of UTC would show'];
      return ['contradicted', 'some lie beyond the server’s clock'];
    },
  },
  {
    fact: 'dateTimeModifiedMin leaves out what is older',
    reliedOn: true,
    judge: ({ filter }) => filter && when(filter.future === 0, `${filter.future} rows modified after the year 2100`),
  },
  {
    fact: 'bounds of dateTimeModified are inclusive',
    reliedOn: false,
    judge: ({ filter }) =>
      filter &&
      (filter.inclusive === undefined
        ? ['cannot tell', 'no row to try it with']
        : when(filter.inclusive, filter.inclusive ? 'inclusive' : 'exclusive')),
  },
  {
    fact: 'a single read finds what the list has',
    reliedOn: true,
    judge: ({ one, oneIsFound }) => (one === undefined ? undefined : when(oneIsFound === true, one)),
  },
  {
    fact: 'an object that does not exist is answered in a way of its own',
    reliedOn: true,
    judge: ({ one, oneIsFound, gone, goneIsTold }) => {
      if (one === undefined || oneIsFound !== true) return undefined;
      return gone === undefined
        ? ['cannot tell', 'two ids that cannot exist were answered differently']
        : when(goneIsTold === true, gone);
    },
  },
  {
    fact: '"gone" sounds like a 404 in JSON',
    reliedOn: false,
    judge: ({ gone }) => (gone === undefined ? undefined : when(gone === '404 json', gone)),
  },
  {
    fact: 'list row and single read have the same fields',
    reliedOn: false,
    judge: ({ fields, one }) => {
      if (one === undefined) return undefined;
      const [listed, single] = [Object.keys(fields.listed), Object.keys(fields.one)];
      const onlyList = listed.filter((name) => !single.includes(name));
      const onlyOne = single.filter((name) => !listed.includes(name));
      return when(
        onlyList.length + onlyOne.length === 0,
        `only in the list: ${list(onlyList.slice(0, 12))}; only in the single read: ${list(onlyOne.slice(0, 12))}`,
      );
    },
  },
  {
    fact: 'codes are those that are published',
    reliedOn: false,
    judge: ({ rows, unknownCodes }) => {
      if (rows === 0) return undefined;
      const others = Object.entries(unknownCodes).map(([field, count]) => `${field} in ${count} rows`);
      return when(others.length === 0, others.length === 0 ? 'none other' : list(others));
    },
  },
];

/** Holds what was observed against each statement that is known about the API. */
export function findings(observation: Observation): Finding[] {
  const { clockAheadS, limitHeaders, rowsForLimitOne, resources } = observation;
  const server: readonly (readonly [string, boolean, Judgement | undefined])[] = [
    [
      'answers carry the server’s clock',
      false,
      clockAheadS === undefined
        ? ['contradicted', 'no Date header']
        : ['confirmed', `${clockAheadS} s ahead of this machine`],
    ],
    ['no limit is announced in headers', false, when(limitHeaders.length === 0, list(limitHeaders))],
    [
      'limit and offset are ignored',
      false,
      rowsForLimitOne === undefined ? undefined : when(rowsForLimitOne > 1, `${rowsForLimitOne} rows for limit=1`),
    ],
  ];
  return [
    ...server.flatMap(([fact, reliedOn, judgement]) =>
      judgement ? [{ fact, reliedOn, verdict: judgement[0], found: judgement[1] }] : [],
    ),
    ...resources.flatMap((seen) =>
      resourceFacts.flatMap(({ fact, reliedOn, judge }) => {
        const judgement = judge(seen);
        if (judgement === undefined) return [];
        return [{ fact, resource: seen.resource, reliedOn, verdict: judgement[0], found: judgement[1] }];
      }),
    ),
  ];
}
