import type { Clock } from '../clock.ts';
import { type Random, randomFor } from '../generator/random.ts';
import type { RequestInfo } from '../request-log.ts';
import {
  type DownSpec,
  type Drift,
  type DriftSpec,
  downSpec,
  driftSpec,
  type Fault,
  type FaultKind,
  type FaultSpec,
  faultSpec,
} from './fault-specs.ts';

/** What goes wrong, changed while the simulator runs. */
export interface Faults {
  /** Adds a fault; the id removes it. @throws ZodError when it does not fit */
  add(spec: FaultSpec): string;
  /** Lets a list change while it is read; the id removes it. @throws ZodError when it does not fit */
  drift(spec: DriftSpec): string;
  remove(id: string): boolean;
  /** Ends all faults and drifts, and is up again. Credentials and the world stay as they are. */
  clear(): void;
  list(): readonly ActiveFault[];
  /** Answers 503 to everything, of every account. */
  down(state: DownSpec): void;
}

export interface ActiveFault {
  readonly id: string;
  readonly spec: Fault | Drift;
  /** Requests that had it so far. */
  readonly used: number;
}

interface Entry<T> {
  readonly id: string;
  readonly spec: T;
  readonly random: Random;
  used: number;
}

/** The side of the faults that the server asks. */
export interface FaultBook extends Faults {
  isDown(): boolean;
  /** The faults that this request gets; each counts as used. */
  forRequest(info: RequestInfo): Fault[];
  driftsFor(info: RequestInfo): { readonly spec: Drift; readonly random: Random }[];
}

const replacesAnswer: ReadonlySet<FaultKind> = new Set([
  'rateLimit',
  'status',
  'html',
  'hang',
  'drop',
  'unauthorized',
  'forbidden',
  'emptyList',
]);

/** @param onClear called when everything is put right again */
export function makeFaults(seed: number, clock: Clock, onClear: () => void): FaultBook {
  let faults: Entry<Fault>[] = [];
  let drifts: Entry<Drift>[] = [];
  let downUntilMs = Number.NEGATIVE_INFINITY;
  let added = 0;

  function enter<T>(spec: T): Entry<T> {
    added += 1;
    return { id: String(added), spec, random: randomFor(seed, 101, added), used: 0 };
  }

  return {
    add(spec) {
      const entry = enter(faultSpec.parse(spec));
      faults.push(entry);
      return entry.id;
    },
    drift(spec) {
      const entry = enter(driftSpec.parse(spec));
      drifts.push(entry);
      return entry.id;
    },
    remove(id) {
      const before = faults.length + drifts.length;
      faults = faults.filter((entry) => entry.id !== id);
      drifts = drifts.filter((entry) => entry.id !== id);
      return faults.length + drifts.length < before;
    },
    clear() {
      faults = [];
      drifts = [];
      downUntilMs = Number.NEGATIVE_INFINITY;
      onClear();
    },
    list: () => [...faults, ...drifts].map(({ id, spec, used }) => ({ id, spec, used })),
    down(state) {
      const parsed = downSpec.parse(state);
      if (typeof parsed === 'boolean') downUntilMs = parsed ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
      else downUntilMs = clock() + parsed.forMs;
    },
    isDown: () => clock() < downUntilMs,
    forRequest(info) {
      const chosen: Fault[] = [];
      let replaced = false;
      for (const entry of faults) {
        const { spec } = entry;
        if (!applies(spec, info) || isUsedUp(entry)) continue;
        // Drawn even if another fault comes first, so that one fault's luck does not depend on the others.
        const unlucky = entry.random() < spec.probability;
        const replaces = replacesAnswer.has(spec.kind);
        if (!unlucky || (replaces && replaced)) continue;
        replaced ||= replaces;
        entry.used += 1;
        chosen.push(spec);
      }
      return chosen;
    },
    driftsFor(info) {
      const { page = 1 } = info;
      if (info.kind !== 'list' || page < 2) return [];
      const due = drifts.filter(
        (entry) =>
          entry.spec.resource === info.resource &&
          (entry.spec.account ?? info.account) === info.account &&
          (page - 1) % entry.spec.everyPages === 0 &&
          !isUsedUp(entry),
      );
      for (const entry of due) entry.used += 1;
      return due;
    },
  };
}

const isUsedUp = ({ used, spec }: Entry<Fault | Drift>): boolean => spec.times !== undefined && used >= spec.times;

function applies(spec: Fault, info: RequestInfo): boolean {
  if (spec.kind === 'emptyList' && info.kind !== 'list') return false;
  return (
    (spec.resource ?? info.resource) === info.resource &&
    (spec.account ?? info.account) === info.account &&
    (spec.only ?? info.kind) === info.kind &&
    (spec.page ?? info.page) === info.page
  );
}
