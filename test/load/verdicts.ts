import { availableParallelism } from 'node:os';
import type { Row } from '../bench/report.ts';
import type { EndToEnd } from './measure-end-to-end.ts';
import type { LoadMeasured } from './measure-load.ts';
import { type Spread, spreadOf } from './percentiles.ts';
import type { Sample, Solo } from './processes/protocol.ts';

/** The design's numbers. */
const answeredWithinMs = 200;
const storedWithinMs = 2_000;
/** Of the rate that was asked for. */
const minRate = 0.98;
/** Lambda gives a function of so many MB one core. */
const mbPerCore = 1_769;
const receiverMb = 512;

export interface Plan {
  readonly requestsPerSecond: number;
  readonly connections: number;
  readonly rampUpSeconds: number;
  readonly seconds: number;
}

export interface Measured {
  readonly load: LoadMeasured;
  readonly endToEnd: EndToEnd;
  readonly receiver: Solo;
}

export const ms = (value: number): string => `${value < 100 ? value.toFixed(1) : Math.round(value)} ms`;
const spread = ({ p50, p95, p99, max }: Spread): string =>
  `p50 ${ms(p50)} · p95 ${ms(p95)} · p99 ${ms(p99)} · max ${ms(max)}`;

/** The requests after the ramp-up. */
export const atFullRate = ({ samples }: { readonly samples: readonly Sample[] }, { rampUpSeconds }: Plan): Sample[] =>
  samples.filter(({ at }) => at >= rampUpSeconds * 1000);

/**
 * Every number, judged where the design says what it has to be.
 *
 * @param judgesTimes false where a few seconds on a machine that others use too say nothing about times: then they are told
 */
export function judge({ load, endToEnd, receiver }: Measured, plan: Plan, judgesTimes: boolean): Row[] {
  const judged = (target: string, ok: boolean) => (judgesTimes ? { target, ok } : {});
  const full = atFullRate(load, plan);
  const latency = spreadOf(full.map((sample) => sample.latency));
  const afterSending = spreadOf(full.map((sample) => sample.latency - sample.lateBy));
  const lateness = spreadOf(full.map((sample) => sample.lateBy));
  const accepted = load.samples.filter(({ status }) => status === 202).length;
  const refused = new Map<string, number>();
  for (const { status } of load.samples) {
    if (status === 202) continue;
    const name = status === 0 ? 'no answer' : String(status);
    refused.set(name, (refused.get(name) ?? 0) + 1);
  }
  const errors = load.samples.length - accepted;
  const rate = answeredPerSecond(full, plan);
  const idle = spreadOf(endToEnd.idle);
  const busy = spreadOf(endToEnd.busy);
  const cores = availableParallelism();
  const together = load.stackCores + load.generatorCores;
  const answered = load.samples.length / load.tookSeconds;
  return [
    {
      what: `answered per second, of ${plan.requestsPerSecond} asked for`,
      measured: rate.toFixed(1),
      ...judged(`≥ ${(minRate * plan.requestsPerSecond).toFixed(0)}`, rate >= minRate * plan.requestsPerSecond),
    },
    {
      what: 'webhook answered, from when it was due',
      measured: spread(latency),
      ...judged(`p95 < ${answeredWithinMs} ms`, latency.p95 < answeredWithinMs),
    },
    { what: 'webhook answered, from when it was sent', measured: spread(afterSending) },
    { what: 'sent later than due', measured: spread(lateness) },
    {
      what: 'connections open at the end',
      measured: `${load.connections} (${load.opened} opened)`,
      target: `≥ ${plan.connections}`,
      ok: load.connections >= plan.connections,
    },
    {
      what: 'errors: not answered 202',
      measured: errors === 0 ? '0' : [...refused].map(([name, count]) => `${count} × ${name}`).join(', '),
      target: '0',
      ok: errors === 0,
    },
    {
      what: `lost: answered 202 (${accepted} times) and not in the queue`,
      measured: String(load.lost),
      target: '0',
      ok: load.lost === 0,
    },
    { what: 'hints in the queue, those of the warm-up included', measured: String(load.queued) },
    { what: 'queued, but not answered 202', measured: String(load.unanswered) },
    {
      what: 'webhook to stored record, idle system',
      measured: spread(idle),
      ...judged(`p95 < ${storedWithinMs / 1000} s`, idle.p95 < storedWithinMs),
    },
    { what: `webhook to stored record, ${endToEnd.busyPerSecond} a second`, measured: spread(busy) },
    { what: `cores taken by API, functions and AWS, of ${cores}`, measured: load.stackCores.toFixed(2) },
    { what: `cores taken by the load generator, of ${cores}`, measured: load.generatorCores.toFixed(2) },
    {
      what: 'CPU per request of all of these together, and the most that this machine could answer',
      measured: `${((1000 * together) / answered).toFixed(1)} ms, ${Math.floor((cores * answered) / together)} requests/s`,
    },
    ...alone(receiver, plan),
  ];
}

function answeredPerSecond(full: readonly Sample[], { rampUpSeconds, seconds }: Plan): number {
  const [from, to] = [rampUpSeconds * 1000, (rampUpSeconds + seconds) * 1000];
  return full.filter(({ at, latency }) => at + latency >= from && at + latency < to).length / seconds;
}

/** What the receiver needs by itself, and so what AWS would have to give it. */
function alone(receiver: Solo, { requestsPerSecond }: Plan): Row[] {
  const share = receiverMb / mbPerCore;
  const wallMs = Math.max(receiver.medianMs, receiver.cpuMs / share);
  return [
    {
      what: `the receiver alone, ${receiver.requests} requests: CPU per request`,
      measured: `${receiver.cpuMs.toFixed(2)} ms (p50 ${ms(receiver.medianMs)}, p95 ${ms(receiver.p95Ms)}, one at a time)`,
    },
    { what: 'which on one core allows, requests/s', measured: String(Math.floor(1000 / receiver.cpuMs)) },
    {
      what: `and in Lambda, of ${receiverMb} MB or ${share.toFixed(2)} cores, per environment, beside AWS's own answers`,
      measured: `${Math.floor(1000 / wallMs)} requests/s, so ${Math.ceil((requestsPerSecond * wallMs) / 1000)} environments for ${requestsPerSecond}/s`,
    },
  ];
}
