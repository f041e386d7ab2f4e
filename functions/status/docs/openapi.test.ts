import { expect, it } from 'vitest';
import * as z from 'zod';
import { healthReportSchema } from '../health/health-report.ts';
import { openApiDocument } from './openapi.ts';

const document = openApiDocument();
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.values(methods).map((operation) => ({ path, operation })),
);

it('refers only to schemas that it has, and has none that nothing refers to', () => {
  const text = JSON.stringify(document);
  const named = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref);
  expect([...new Set(named)].sort()).toEqual(
    Object.keys(document.components.schemas)
      .map((name) => `#/components/schemas/${name}`)
      .sort(),
  );
});

it('declares the parameters of each path, a tag that exists and an id of its own for each operation', () => {
  for (const { path, operation } of operations) {
    const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
    expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
    expect(document.tags.map(({ name }) => name)).toEqual(expect.arrayContaining([...operation.tags]));
    for (const scheme of operation.security.flatMap((each) => Object.keys(each))) {
      expect(document.components.securitySchemes).toHaveProperty(scheme);
    }
  }
  expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
});

it('has the schemas that the code uses', () => {
  const { $schema: _, ...health } = z.toJSONSchema(healthReportSchema, { io: 'input' });
  const { description: __, ...documented } = document.components.schemas.HealthReport ?? {};
  expect(documented).toEqual(health);
});

it('describes every schema', () => {
  for (const [name, { description }] of Object.entries(document.components.schemas)) {
    expect(description, name).toMatch(/\.$/);
  }
});
