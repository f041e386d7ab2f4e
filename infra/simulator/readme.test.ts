import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { endpoints } from './endpoints/catalogue.ts';
import { resources } from './resources/catalogue.ts';
import { waysSchema } from './ways.ts';
import { eventWaysSchema } from './webhooks/event-ways.ts';

const page = readFileSync(new URL('./README.md', import.meta.url), 'utf8');

test('its page names every list, every endpoint and every way', () => {
  const paths = resources.flatMap(({ listPath, otherListPaths = [] }) => [listPath, ...otherListPaths]);
  const named = endpoints.map(({ path }) => path).filter((path) => !/\/(de)?activate$/.test(path));
  for (const path of [...paths, ...named]) expect(page).toContain(path);
  for (const way of [...Object.keys(waysSchema.shape), ...Object.keys(eventWaysSchema.shape)]) {
    expect(page).toContain(`\`${way}\``);
  }
});
