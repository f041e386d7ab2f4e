/** A metric family as Prometheus would see it. */
export interface ParsedFamily {
  readonly help: string;
  readonly type: string;
  readonly samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

const metricName = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const helpLine = new RegExp(`^# HELP (${metricName}) ((?:[^\\\\]|\\\\[\\\\n])+)$`);
const typeLine = new RegExp(`^# TYPE (${metricName}) (gauge|counter|histogram|summary|untyped)$`);
const sampleLine = new RegExp(`^(${metricName})(?:\\{(.*)\\})? (\\S+)$`);
const labelPair = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/;
const numberText = /^(?:[+-]?(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|Inf)|NaN)$/;

/**
 * Reads Prometheus' text format 0.0.4, stricter than Prometheus: each family has one HELP and one TYPE, in this order and right
 * before its samples, and no series comes twice.
 *
 * @throws Error quoting the line that does not fit
 */
export function parseExposition(text: string): Map<string, ParsedFamily> {
  if (!text.endsWith('\n')) throw new Error('The last line does not end.');
  const families = new Map<string, ParsedFamily & { samples: { labels: Record<string, string>; value: number }[] }>();
  const series = new Set<string>();
  const lines = text.slice(0, -1).split('\n');
  let current = '';
  for (const [at, line] of lines.entries()) {
    const fail = (why: string): never => {
      throw new Error(`Line ${at + 1} ${why}: ${line}`);
    };
    const [, helped, help = ''] = helpLine.exec(line) ?? [];
    if (helped !== undefined) {
      if (families.has(helped)) fail('begins a family again');
      const [, typed, type = ''] = typeLine.exec(lines[at + 1] ?? '') ?? fail('is not followed by a type');
      if (typed !== helped) fail('is followed by the type of another family');
      if (!(lines[at + 2] ?? '').startsWith(helped)) fail('begins a family without a sample');
      families.set(helped, { help, type, samples: [] });
      current = helped;
      continue;
    }
    if (typeLine.test(line)) {
      if (!(lines[at - 1] ?? '').startsWith('# HELP ')) fail('is a type without a help');
      continue;
    }
    const [, name = '', labelText = '', value = ''] = sampleLine.exec(line) ?? fail('is none of the format');
    if (name !== current) fail('is not below its own family');
    if (!numberText.test(value)) fail('has no number');
    const labels = parseLabels(labelText) ?? fail('has labels that cannot be read');
    const id = JSON.stringify([name, Object.entries(labels).sort()]);
    if (series.has(id)) fail('repeats a series');
    series.add(id);
    families.get(name)?.samples.push({ labels, value: Number(value.replace('Inf', 'Infinity')) });
  }
  return families;
}

function parseLabels(text: string): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  for (let rest = text; rest !== ''; ) {
    const [whole, name, value = ''] = labelPair.exec(rest) ?? [];
    if (whole === undefined || name === undefined || name in labels) return undefined;
    labels[name] = value.replace(/\\(["\\n])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
    rest = rest.slice(whole.length);
  }
  return labels;
}
