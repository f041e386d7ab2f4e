import { isResourceName, type ResourceName } from '../../simulator/resources/catalogue.ts';
import type { goneSounds, listEnds, WaysInput } from '../../simulator/ways.ts';
import type { Observation, ResourceObservation } from './observation.ts';

type GoneSound = (typeof goneSounds)[number];
type ListEnd = (typeof listEnds)[number];

const goneByAnswer: Readonly<Record<string, GoneSound>> = {
  '404 json': 'json404',
  '404 text': 'text404',
  '400 json': 'fieldErrors',
  '403 json': 'json403',
  '410 json': 'json410',
  '500 empty': 'empty500',
};
const endByAnswer: Readonly<Record<string, ListEnd>> = {
  empty: 'empty',
  lastPage: 'lastPage',
  '404 json': 'json404',
  '400 json': 'fieldErrors',
};

/** The ways of a simulated server that answers as the observed one does, as far as it can play them. */
export function waysLike({ resources }: Observation): WaysInput {
  const perResource = <T>(wayOf: (seen: ResourceObservation) => T | undefined): Partial<Record<ResourceName, T>> => {
    const ways: Partial<Record<ResourceName, T>> = {};
    for (const seen of resources) {
      const value = wayOf(seen);
      if (value !== undefined && isResourceName(seen.resource)) ways[seen.resource] = value;
    }
    return ways;
  };
  const named = (isOne: (seen: ResourceObservation) => boolean): ResourceName[] =>
    resources.filter(isOne).flatMap(({ resource }) => (isResourceName(resource) ? [resource] : []));
  const caps = resources.flatMap(({ pageSize }) =>
    pageSize && pageSize.given < pageSize.asked ? [pageSize.given] : [],
  );
  const { envelope, order } = mostTelling(resources);
  return {
    projections: resources.some(differs) ? 'real' : 'same',
    gone: perResource(({ gone = '' }) => goneByAnswer[gone]),
    listEnd: perResource(({ listEnd = '' }) => endByAnswer[listEnd]),
    pageHeaders: perResource(({ rows, headers, totalIsRight }) =>
      rows === 0 ? undefined : headers.length === 0 ? 'absent' : totalIsRight === false ? 'stale' : 'present',
    ),
    ...(caps.length > 0 && { pageCap: Math.min(...caps) }),
    ...(envelope !== undefined && { envelope }),
    ...(order !== undefined && { order }),
    forbidden: named(({ list }) => list.startsWith('403 ')),
    absent: named(({ list }) => list.startsWith('404 ')),
  };
}

const differs = ({ fields, one }: ResourceObservation): boolean =>
  one !== undefined && Object.keys(fields.listed).sort().join() !== Object.keys(fields.one).sort().join();

function mostTelling(resources: readonly ResourceObservation[]) {
  const envelope = resources.find((seen) => seen.envelope !== undefined)?.envelope;
  const orders = resources.flatMap((seen) => seen.order ?? []);
  const order = orders.includes('none')
    ? ('modifiedDescending' as const)
    : orders.includes('descending')
      ? ('idDescending' as const)
      : orders.length > 0
        ? ('idAscending' as const)
        : undefined;
  return { envelope, order };
}
