import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Console, startConsole } from '../../infra/console/console.ts';
import { resourceSchedules } from '../../infra/resource-schedules.ts';
import { readSettings } from '../../infra/settings.ts';
import { privateMarker } from '../../infra/simulator/generator/personal.ts';
import { keepDeadLetter, showDeadLetter } from '../../shared/store/dead-letters.ts';
import type { WebhookHint } from '../../shared/webhook/hint.ts';
import type { Company } from '../integration/company.ts';
import { until } from '../integration/eventually.ts';
import { type Harness, startHarness } from '../integration/harness.ts';
import { webhooksOf } from '../webhooks/webhook-harness.ts';
import { canSkip, startBrowser } from './browser.ts';

let harness: Harness;
let company: Company;
let shown: Console;
/** As a browser keeps it that opened the link. */
let cookie: string;
let browser: Browser;
let page: Page;
/** What a person would find in the browser's own console, and requests that went wrong. */
let complaints: string[];

const core = 'aictive-dev-core';

/** A dead letter about a lease, as the keeper leaves it when Rentvine's answer for it could not be used. */
async function keepLetter(id: string, message = 'Rentvine answered something else than a lease.'): Promise<number> {
  const [lease = 0] = company.world.ids('leases');
  const hint: WebhookHint = {
    account: company.account,
    eventType: 'leaseUpdated',
    objectId: String(lease),
    objectTypeId: '4',
    ids: {},
    correlationId: 'console-test',
    receivedAt: new Date().toISOString(),
    parked: 0,
    failures: 5,
  };
  await keepDeadLetter(
    harness.state,
    {
      id,
      source: 'webhook-events',
      deadLetterQueue: 'aictive-dev-webhook-events-dlq',
      account: company.account,
      resource: 'leases',
      code: 'CONTRACT',
      message,
      firstFailedAt: new Date().toISOString(),
      lastFailedAt: new Date().toISOString(),
      receiveCount: 5,
      attributes: {},
      target: { kind: 'queue', queueUrl: harness.stack.outputs[core]?.WebhookEventsQueueUrl ?? '' },
      body: JSON.stringify(hint),
    },
    new Date(),
  );
  return lease;
}

const letter = (id: string) => page.locator(`[data-letter="${id}"]`);

/** Presses Tab until the focus is on the element, as somebody without a mouse does. */
async function tabTo(accessibleName: RegExp): Promise<void> {
  await until(`the focus to reach ${accessibleName}`, async () => {
    await page.keyboard.press('Tab');
    const label = await page.evaluate('document.activeElement.ariaLabel ?? document.activeElement.textContent');
    return accessibleName.test(String(label));
  });
}

const post = (headers: Readonly<Record<string, string>>, action: object) =>
  fetch(new URL('/console/actions', shown.url), {
    method: 'POST',
    headers: { cookie, ...headers },
    body: JSON.stringify(action),
  });

describe.skipIf(canSkip)('The console, in a browser', () => {
  beforeAll(async () => {
    harness = await startHarness();
    company = await harness.company();
    const schedules = resourceSchedules(readSettings(() => undefined));
    shown = await startConsole({ stack: harness.stack, schedules });
    const opened = await fetch(shown.url, { redirect: 'manual' });
    cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? '';
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    shown?.stop();
    await harness?.stop();
  });

  beforeEach(async () => {
    complaints = [];
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on('console', (message) => {
      if (message.type() !== 'log') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('requestfailed', (request) => complaints.push(`${request.failure()?.errorText} ${request.url()}`));
    page.on('response', (response) => {
      if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
    });
    await page.goto(shown.url);
    await page.getByRole('heading', { name: 'Flow' }).waitFor();
  });
  afterEach(() => page.close());

  it('shows the flow and each resource without a complaint, and how many records a sync that it starts has stored', async () => {
    await page.locator('[data-records="leases"]', { hasText: '0 records' }).waitFor();
    expect(await page.locator('[data-node="worker"]').textContent()).toContain('sync-worker');
    expect(await page.getByText('Asking the platform').count()).toBe(0);
    const leases = company.world.size('leases');
    await page.getByRole('button', { name: `Sync leases of ${company.account}` }).click();
    await page.locator('[data-records="leases"]', { hasText: `${leases} records` }).waitFor();
    await page.locator('[data-node="records"]', { hasText: `${leases} records` }).waitFor();
    await page.locator('#runs tbody tr', { hasText: 'Leases' }).filter({ hasText: 'done' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('shows business figures when they are computed, and nothing personal of whom they are about', async () => {
    await company.syncAll(['properties', 'units', 'leases', 'tenants'], 'full');
    await page.getByRole('button', { name: 'Compute now' }).click();
    await page
      .locator('#business .tile', { hasText: 'Vacancy' })
      .getByText(/\d+ of \d+ units let/)
      .waitFor();
    await page
      .locator('#business .tile', { hasText: 'Past due' })
      .getByText(/^\$[\d,]+$/)
      .waitFor();
    const view = await (await fetch(new URL('/console/state', shown.url), { headers: { cookie } })).text();
    expect(view).toContain('rentvine.');
    expect(view).not.toContain(privateMarker);
    expect(complaints).toEqual([]);
  });

  it('redrives a dead letter by keyboard alone; then it is gone and what it was about is stored', async () => {
    const lease = await keepLetter('letter-to-redrive');
    company.world.update('leases', lease, { leaseStatusID: '3' });
    await letter('letter-to-redrive').waitFor();
    await tabTo(/^Redrive the dead letter of webhook-events/);
    await page.keyboard.press('Enter');
    await letter('letter-to-redrive').waitFor({ state: 'detached' });
    expect((await showDeadLetter(harness.state, 'letter-to-redrive'))?.status).toBe('redriven');
    await until('the lease as it is now', async () => {
      const stored = (await company.stored('leases')).get(String(lease));
      return stored?.data.leaseStatusId === '3';
    });
    expect(await page.evaluate('document.activeElement.tagName')).not.toBe('BODY');
    expect(complaints).toEqual([]);
  });

  it('discards a dead letter for a reason and never without one', async () => {
    await keepLetter('letter-to-discard');
    await letter('letter-to-discard')
      .getByRole('button', { name: /^Discard/ })
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('   ');
    await dialog.getByRole('button', { name: 'Discard' }).click();
    await dialog.getByText('Say why nobody needs it any more.').waitFor();
    expect((await showDeadLetter(harness.state, 'letter-to-discard'))?.status).toBe('open');

    await dialog.getByLabel('Reason').fill('The lease was a test.');
    await dialog.getByRole('button', { name: 'Discard' }).click();
    await letter('letter-to-discard').waitFor({ state: 'detached' });
    expect(await showDeadLetter(harness.state, 'letter-to-discard')).toMatchObject({
      status: 'discarded',
      discardReason: 'The lease was a test.',
    });
  });

  it('shows what an error says as text, even where it is markup', async () => {
    const markup = '<img src="/nowhere" onerror="document.title=\'taken over\'"><b>bold</b>';
    await keepLetter('letter-with-markup', markup);
    await letter('letter-with-markup').getByText(markup).waitFor();
    expect(await letter('letter-with-markup').locator('img, b').count()).toBe(0);
    expect(await page.title()).not.toContain('taken over');
    expect(complaints).toEqual([]);
  });

  it('shows an alarm that rings, since when and why, and its runbook', async () => {
    const client = webhooksOf(company);
    await client.enable();
    const forged = client.about({ eventType: 'leaseUpdated' }, { signingKey: 'not the key' });
    for (let sent = 0; sent <= 20; sent += 1) expect((await client.post(forged)).status).toBe(401);
    await harness.stack.evaluateAlarms();
    const alarm = page.locator('[data-alarm="signature-failures"]');
    await alarm.getByText('Threshold Crossed').waitFor();
    await page.getByText(/^Told to people: [1-9]\d* alarms?/).waitFor();
    expect(await page.locator('#announcements').textContent()).toContain('signature-failures');

    await alarm.getByRole('button', { name: 'Runbook' }).click();
    const runbook = page.getByRole('dialog', { name: 'signature-failures' });
    await runbook.getByRole('heading', { level: 4 }).first().waitFor();
    await page.keyboard.press('Escape');
    await runbook.waitFor({ state: 'hidden' });
    expect(complaints).toEqual([]);
  });

  it('fits a telephone: nothing has to be scrolled sideways', async () => {
    await keepLetter('letter-with-a-long-word', 'x'.repeat(400));
    await page.setViewportSize({ width: 390, height: 844 });
    await letter('letter-with-a-long-word').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  });

  it('says so when the platform is not there, and goes on when it is back', async () => {
    await page.route('**/console/state', (route) => route.abort());
    await page.getByText('not connected', { exact: true }).waitFor();
    await page.unroute('**/console/state');
    await page.getByText('live', { exact: true }).waitFor();
  });

  it('takes no orders from another web page, and answers under no other name', async () => {
    await keepLetter('letter-of-somebody-else');
    const json = { 'content-type': 'application/json' };
    const redrive = { kind: 'redrive', id: 'letter-of-somebody-else' };
    const origin = new URL(shown.url).origin;
    expect((await post({ ...json, origin: 'http://example.com' }, redrive)).status).toBe(403);
    expect((await post({ ...json, origin: origin.replace(/\d+$/, '1') }, redrive)).status).toBe(403);
    expect((await post(json, redrive)).status).toBe(403);
    expect((await post({ 'content-type': 'text/plain', origin }, redrive)).status).toBe(403);
    expect((await post({ ...json, origin, 'sec-fetch-site': 'cross-site' }, redrive)).status).toBe(403);
    expect((await showDeadLetter(harness.state, 'letter-of-somebody-else'))?.status).toBe('open');
    expect((await post({ ...json, origin }, redrive)).status).toBe(200);

    const elsewhere = await browser.newPage();
    await elsewhere.goto(shown.url.replace('127.0.0.1', 'console.localhost'));
    expect(await elsewhere.textContent('body')).toContain('on this machine only');
    await elsewhere.close();
  });

  it('shows nothing and does nothing for whoever has not opened the printed link', async () => {
    await keepLetter('letter-of-another-user');
    const origin = new URL(shown.url).origin;
    for (const path of ['/', '/console/state', '/console/main.js', '/console/runbooks/vacancy', '/?key=guess']) {
      const response = await fetch(new URL(path, origin), { redirect: 'manual' });
      expect([path, response.status, response.headers.get('set-cookie')]).toEqual([path, 403, null]);
      expect(await response.text()).toContain('the link that npm start printed');
    }
    const redrive = { kind: 'redrive', id: 'letter-of-another-user' };
    const guess = cookie.replace(/=.*/, '=guess');
    expect((await post({ 'content-type': 'application/json', origin, cookie: guess }, redrive)).status).toBe(403);
    expect((await showDeadLetter(harness.state, 'letter-of-another-user'))?.status).toBe('open');

    expect(page.url()).toBe(`${origin}/`);
  });
});
