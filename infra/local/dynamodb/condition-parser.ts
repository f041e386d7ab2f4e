import { readFileSync } from 'node:fs';
import Module from 'node:module';

/** The parser's last step, at which the functions of its grammar are still names of its own. */
const lastStep = '\n  peg$result = peg$startRuleFunction();\n';
/** Rules that read one character or skip blanks: to look them up would cost more than to run them. */
const cheap = ['_', 'IdentifierStart', 'IdentifierPart', 'AttributePart'];

const memoized = `
  function memoized(parse) {
    const known = new Map();
    return () => {
      const from = peg$currPos;
      const before = known.get(from);
      if (before) {
        peg$currPos = before.end;
        return before.result;
      }
      const result = parse();
      known.set(from, { end: peg$currPos, result });
      return result;
    };
  }
`;

function withCache(source: string): string {
  const rules = [...source.matchAll(/\n {2}function peg\$parse(\w+)\(\)/g)].map(([, rule = '']) => rule);
  const remembered = rules.filter((rule) => rule !== 'Start' && !cheap.includes(rule));
  if (remembered.length === 0 || !source.includes(lastStep)) {
    throw new Error('The parser of dynalite is another than condition-parser.ts mends');
  }
  const statements = remembered.map((rule) => `  peg$parse${rule} = memoized(peg$parse${rule});`).join('\n');
  return source.replace(lastStep, () => memoized + statements + lastStep);
}

/**
 * dynalite's parser of conditions was generated without PEG.js's cache and tries each alternative of its grammar from the
 * start, so that its time multiplies with each level of parentheses: 15 ms for a condition such as ours, 120 for one with
 * six levels. This gives it the cache: no rule is tried twice at the same place. Call it before anything else loads dynalite.
 */
export function mendConditionParser(require: NodeJS.Require): void {
  const file = require.resolve('dynalite/db/conditionParser');
  const parser = new Module(file);
  // The way that `require` itself takes; it is not among Node's types.
  Reflect.get(parser, '_compile').call(parser, withCache(readFileSync(file, 'utf8')), file);
  require.cache[file] = parser;
}
