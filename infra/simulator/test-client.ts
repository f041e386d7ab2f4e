import { afterAll } from 'vitest';
import type { SimulatorOptions } from './options.ts';
import { type Simulator, startSimulator } from './simulator.ts';

export interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

/** A bare client for the simulator's own tests: Basic authentication, no retries, no opinion about the answer. */
export function clientOf(simulator: Simulator, account?: string) {
  const { accessKey, secret } = simulator.authentication(account).credentials;
  const authorization = `Basic ${Buffer.from(`${accessKey}:${secret}`).toString('base64')}`;

  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Got> {
    const response = await fetch(simulator.baseUrl(account) + path, {
      method,
      headers: { authorization, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parsed(text) };
  }

  const get = (path: string, headers?: Record<string, string>) => call('GET', path, undefined, headers);
  const post = (path: string, body: unknown) => call('POST', path, body);

  /** The rows of one page, as they came. */
  async function rows(path: string): Promise<Record<string, Record<string, unknown>>[]> {
    return JSON.parse((await get(path)).text);
  }

  /** The ids on one page. */
  async function ids(path: string, rowKey: string, idKey: string): Promise<number[]> {
    return (await rows(path)).map((row) => Number(row[rowKey]?.[idKey]));
  }

  return { call, get, post, rows, ids };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Sends JSON to the simulator's control path. */
export async function sendControl(simulator: Simulator, method: string, path: string, body?: unknown): Promise<Got> {
  const response = await fetch(`${simulator.url}/__simulator${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parsed(text) };
}

/** Starts simulators of a small company at noon of one day; they are stopped after the file's last test. */
export function startForTests(): (options?: SimulatorOptions) => Promise<Simulator> {
  const started: Simulator[] = [];
  afterAll(() => Promise.all(started.map((one) => one.stop())));
  return async (options = {}) => {
    const clock = () => Date.parse('2026-11-22T12:00:00Z');
    const simulator = await startSimulator({ counts: { leases: 60, transactions: 300 }, clock, ...options });
    started.push(simulator);
    return simulator;
  };
}
