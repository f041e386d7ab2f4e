import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dashboardNames } from '../alarms/alarm-definition.ts';
import { alarmCatalogue } from '../alarms/catalogue.ts';
import { functionNames, platformNames } from '../alarms/platform-names.ts';
import type { Command } from '../cli/command.ts';
import { commands } from '../cli/commands.ts';
import { readSettings } from '../settings.ts';

const folder = new URL('./', import.meta.url);
const project = new URL('../../', import.meta.url);
const pages = readdirSync(folder).filter((name) => name.endsWith('.md'));
const others = ['README.md', 'architecture.md', 'cloudfront-and-waf.md', 'incident-response.md'];
const articles = pages.filter((name) => !others.includes(name));
const textOf = (page: string) => readFileSync(new URL(page, folder), 'utf8');
const alarms = alarmCatalogue(
  platformNames(
    readSettings(() => undefined),
    'api',
  ),
);

/** Every `npm run ops -- …` of a page, in the text and in blocks. */
const opsCalls = (text: string): string[] =>
  [...text.matchAll(/npm run ops -- ([^`\n]+)/g)].map(([, call = '']) => call.trim());

const problemOf = (call: string, commands: readonly Command[]): string | undefined => {
  const words = call.split(/\s+/);
  const command = commands.find(({ name }) => name.split(' ').every((word, index) => words[index] === word));
  if (command === undefined) return `there is no command "${call}"`;
  const options = [...call.matchAll(/--([a-z-]+)/g)].map(([, name = '']) => name);
  const unknown = options.find((name) => !Object.hasOwn(command.options, name));
  return unknown === undefined ? undefined : `"${command.name}" has no option --${unknown}: ${call}`;
};

const sources = (): string =>
  ['functions', 'shared']
    .flatMap((root) =>
      readdirSync(new URL(root, project), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
        .map((name) => readFileSync(new URL(`${root}/${name}`, project), 'utf8')),
    )
    .join('\n');

describe('the runbooks', () => {
  it('have one article for each alarm, and none for anything else', () => {
    expect(articles.sort()).toEqual(alarms.map(({ name }) => `${name}.md`).sort());
    expect(pages).toEqual(expect.arrayContaining(others));
    for (const article of articles) expect(textOf('README.md')).toContain(`(${article})`);
  });

  it.each(articles)(
    '%s says what it means, how to confirm it, what to do, and when to wake somebody else',
    (article) => {
      const text = textOf(article);
      const name = article.replace('.md', '');
      const severity = alarms.find((alarm) => alarm.name === name)?.severity ?? 'none';
      expect(text.startsWith(`# ${name}\n\n**${severity[0]?.toUpperCase()}${severity.slice(1)}**`)).toBe(true);
      const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
      expect(headings).toEqual(['What it means', 'Confirm in a minute', 'What to do', 'When to escalate']);
      for (const section of text.split(/^## .+$/m).slice(1)) expect(section.trim().length).toBeGreaterThan(20);
      const confirm = text.split('## Confirm in a minute')[1]?.split('## What to do')[0] ?? '';
      const dashboard = alarms.find((alarm) => alarm.name === name)?.dashboard;
      expect(confirm).toContain(`#dashboards/dashboard/aictive-prod-${dashboard})`);
      expect(confirm).toMatch(/```text\n[^`]+```/);
      expect(confirm).toMatch(/```sh\nnpm run ops -- /);
      expect(text.split('\n').length).toBeLessThan(60);
    },
  );

  it.each(pages)('%s names only commands and options that there are', (page) => {
    expect(commands.length).toBeGreaterThan(10);
    expect(opsCalls(textOf(page)).flatMap((call) => problemOf(call, commands) ?? [])).toEqual([]);
  });

  it('would find a command or an option that there is not', async () => {
    expect(problemOf('sync repair --stage prod', commands)).toBe('there is no command "sync repair --stage prod"');
    expect(problemOf('sync run --harder', commands)).toContain('"sync run" has no option --harder');
    expect(problemOf('dlq redrive <id> --stage prod', commands)).toBeUndefined();
  });

  it('link only to pages that there are, and to log groups of functions that there are', () => {
    for (const page of pages) {
      const text = textOf(page);
      const links = [...text.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, link = '']) => link);
      expect(links.filter((link) => !pages.includes(link))).toEqual([]);
      const groups = [...text.matchAll(/\/aws\/lambda\/aictive-prod-([\w-]+)`/g)].map(([, name = '']) => name);
      expect(groups.filter((name) => !functionNames.some((known) => known === name))).toEqual([]);
      const dashboards = [...text.matchAll(/dashboard\/aictive-prod-(\w+)/g)].map(([, name = '']) => name);
      expect(dashboards.filter((name) => !dashboardNames.some((known) => known === name))).toEqual([]);
    }
  });

  it('ask the logs only for messages that the code writes', () => {
    const code = sources();
    for (const page of pages) {
      for (const [, query = ''] of textOf(page).matchAll(/```text\n([^`]+)```/g)) {
        const exact = [...query.matchAll(/message (?:=|in) (\[[^\]]*\]|"[^"]*")/g)].flatMap(([, list = '']) =>
          [...list.matchAll(/"([^"]+)"/g)].map(([, message = '']) => message),
        );
        const parts = [...query.matchAll(/(?<!@)message like \/([^/]+)\//g)].map(([, part = '']) => part);
        for (const message of exact)
          expect([page, message, code.includes(`'${message}'`)]).toEqual([page, message, true]);
        for (const part of parts) expect([page, part, code.includes(part)]).toEqual([page, part, true]);
      }
    }
  });
});
