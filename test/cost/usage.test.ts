import { expect, it } from 'vitest';
import { at, lineThrough, noUsage } from './usage.ts';

const usage = (readUnits: number) => ({ ...noUsage, readUnits });

it('draws the line through the smallest and the largest company, in whatever order they come', () => {
  const line = lineThrough([
    { units: 500, usage: usage(1010) },
    { units: 100, usage: usage(210) },
    { units: 300, usage: usage(9999) },
  ]);
  expect(at(line, 50_000)).toEqual(usage(100_010));
});

it('never tells of a cost below zero', () => {
  const line = lineThrough([
    { units: 100, usage: usage(50) },
    { units: 500, usage: usage(10) },
  ]);
  expect(at(line, 50_000).readUnits).toBeGreaterThanOrEqual(0);
});

it('refuses to draw a line through companies of one size', () => {
  expect(() => lineThrough([{ units: 100, usage: noUsage }])).toThrow('two sizes');
});
