import type { VNode } from 'preact';

const numbers = new Intl.NumberFormat('en-US');
const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', maximumFractionDigits: 0 });
const compactDollars = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  notation: 'compact',
  maximumFractionDigits: 1,
});
const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });

export const count = (value: number): string => numbers.format(value);
export const money = (cents: number): string => dollars.format(cents / 100);
export const shortMoney = (cents: number): string => compactDollars.format(cents / 100);
export const percent = (value: number): string => `${value.toFixed(1)} %`;
/** `1 unit`, `1,200 units`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** `workOrders` as people say it: `work orders`. */
export const words = (name: string): string => name.replaceAll(/([A-Z])/g, ' $1').toLowerCase();
export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

let offsetMs = 0;

/** The platform's clock counts here, not this browser's: tests and faults turn it. */
export function setClock(now: string | null): void {
  if (now !== null) offsetMs = Date.parse(now) - Date.now();
}

export const platformNow = (): number => Date.now() + offsetMs;

/** A point in time as people say it; the exact one is shown on hover. */
export const ago = (iso: string): VNode => (
  <time datetime={iso} title={absolute.format(new Date(iso))}>
    {relative(iso)}
  </time>
);

function relative(iso: string): string {
  const ms = platformNow() - Date.parse(iso);
  const seconds = Math.round(Math.abs(ms) / 1000);
  if (seconds < 3) return 'just now';
  return ms >= 0 ? `${span(seconds)} ago` : `in ${span(seconds)}`;
}

function span(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 || hours > 9 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.round(hours / 24)} days`;
}
