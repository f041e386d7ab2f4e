import { appendFileSync } from 'node:fs';

const files = new Map<string, string>();

/** From now on what the HTTP API at this address answers to `fetch` is written to the file as well, a line each. */
export function recordAnswers(apiUrl: string, file: string): void {
  if (files.size === 0) globalThis.fetch = recording(globalThis.fetch);
  files.set(apiUrl, file);
}

const recording =
  (fetchIt: typeof fetch): typeof fetch =>
  async (input, init) => {
    const response = await fetchIt(input, init);
    const [, file] = [...files].find(([apiUrl]) => response.url.startsWith(`${apiUrl}/`)) ?? [];
    if (file !== undefined) {
      const answer = { status: response.status, headers: [...response.headers], body: await response.clone().text() };
      appendFileSync(file, `${response.url} ${JSON.stringify(answer)}\n`);
    }
    return response;
  };
