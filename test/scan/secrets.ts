import { createHash } from 'node:crypto';
import { lintSource } from '@secretlint/core';
import { creator as recommended } from '@secretlint/secretlint-rule-preset-recommend';

/** Something in a text that looks like a credential. What it is stays here: only its digest is told. */
export interface Finding {
  /** What kind of credential. */
  readonly rule: string;
  /** From 1. */
  readonly line: number;
  /** The first 16 hexadecimal digits of its SHA-256: what the baseline knows it by. */
  readonly digest: string;
}

const preset = '@secretlint/secretlint-rule-preset-recommend';
const config = {
  rules: [
    {
      id: preset,
      rule: recommended,
      rules: [{ id: '@secretlint/secretlint-rule-aws', options: { enableIDScanRule: true } }],
    },
  ],
};

/** What an account's secret holds, which nobody else's rules know: as JSON or code, and as variables of the shell. */
const accountSecrets = [
  /["']?(?:access_?key|api_?key|api_?secret|secret|signing_?keys?)["']?\s*[:=]\s*\[?\s*["'`]([A-Za-z0-9+/_=]{20,})["'`]/gi,
  /RENTVINE_(?:ACCESS_KEY|SECRET|WEBHOOK_SIGNING_KEY)=["']?([A-Za-z0-9+/_=-]{16,})/g,
];

/** Looks through one text with secretlint's recommended rules, and for what this product's accounts have. */
export async function findSecrets(file: string, written: string): Promise<Finding[]> {
  // A comment would switch secretlint off. What is let through stands in the baseline.
  const text = written.replaceAll('secretlint-disable', 'secretlint-goes-on');
  const { messages } = await lintSource({
    source: { filePath: file, content: text, contentType: 'text', ext: '' },
    options: { config, noPhysicFilePath: true },
  });
  const known = messages.map(({ ruleId, range: [start, end] }) => ({
    rule: ruleId,
    start,
    secret: text.slice(start, end),
  }));
  const own = accountSecrets.flatMap((pattern) =>
    [...text.matchAll(pattern)]
      // Words are no keys.
      .filter(([, secret = '']) => /\d/.test(secret))
      .map(({ index, 1: secret = '' }) => ({ rule: 'account-secret', start: index, secret })),
  );
  return [...known, ...own].map(({ rule, start, secret }) => ({
    rule: rule.replace('@secretlint/secretlint-rule-', ''),
    line: text.slice(0, start).split('\n').length,
    digest: createHash('sha256').update(secret).digest('hex').slice(0, 16),
  }));
}
