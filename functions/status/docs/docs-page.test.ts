import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { securityHeaders } from '../security-headers.ts';
import { docsPage } from './docs-page.ts';
import { openApiDocument } from './openapi.ts';

const document = openApiDocument();
const page = docsPage(document);

it('shows every route, answer and schema of the document', () => {
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const operation of Object.values(methods)) {
      const { operationId, responses } = operation;
      const card = page.split(`<section class="card" id="${operationId}"`)[1]?.split('</section>')[0] ?? '';
      expect(card).toContain(`<code>${path}</code>`);
      for (const status of Object.keys(responses)) expect(card).toContain(`<code>${status}</code>`);
    }
  }
  for (const name of Object.keys(document.components.schemas)) expect(page).toContain(`id="${name}"`);
});

it('leads nowhere that does not exist', () => {
  const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  for (const [, target = ''] of page.matchAll(/ href="([^"]+)"/g)) {
    if (target.startsWith('#')) expect(ids).toContain(target.slice(1));
    else expect(document.paths).toHaveProperty([target]);
  }
  expect([...page.matchAll(/ id="([^"]+)"/g)]).toHaveLength(ids.size);
});

it('needs nothing from anywhere, runs nothing, and has only the style that the security policy knows', () => {
  expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|https?:\/\/| style=| on\w+=/);
  const [, style = ''] = /<style>([^<]*)<\/style>/.exec(page) ?? [];
  const hash = createHash('sha256').update(style).digest('base64');
  expect(securityHeaders.contentSecurityPolicy['style-src']).toBe(`'sha256-${hash}'`);
  expect(securityHeaders.contentSecurityPolicy['default-src']).toBe("'none'");
});

it('says its language and title, and lets a keyboard skip to the routes', () => {
  expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(page).toMatch(/<title>[^<]+<\/title>/);
  expect(page).toContain('<a class="skip" href="#main">');
});

it('writes texts as text', () => {
  const nasty = docsPage({ ...document, info: { ...document.info, title: '<script>alert("x")</script>' } });
  expect(nasty).not.toContain('<script');
  expect(nasty).toContain('&lt;script&gt;alert(&quot;x&quot;)');
});
