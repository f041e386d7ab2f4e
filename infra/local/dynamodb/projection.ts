import type { AttributeMap, AttributeValue } from './attribute-value.ts';
import { assertApart, type ExpressionReader, type Path, valueAt } from './expression-reader.ts';

/** @throws AwsError for what DynamoDB would not understand */
export function readProjection(reader: ExpressionReader): readonly Path[] {
  const paths = [reader.path()];
  while (reader.accept(',')) paths.push(reader.path());
  reader.end();
  assertApart(paths, reader.kind);
  return paths;
}

/** What of an item is at some paths, at the places where it was; members of lists close up. */
export function project(item: AttributeMap, paths: readonly Path[]): AttributeMap {
  return (
    pick(
      { M: item },
      paths.filter((path) => valueAt(item, path) !== undefined),
    ).M ?? {}
  );
}

function pick(value: AttributeValue, paths: readonly Path[]): AttributeValue {
  const below = Map.groupBy(paths, ([step]) => step);
  if (below.has(undefined)) return value;
  const rest = (step: string | number) => (below.get(step) ?? []).map((path) => path.slice(1));
  const { L, M } = value;
  if (L !== undefined) return { L: L.flatMap((each, at) => (below.has(at) ? [pick(each, rest(at))] : [])) };
  const members = Object.entries(M ?? {}).filter(([name]) => below.has(name));
  return { M: Object.fromEntries(members.map(([name, each]) => [name, pick(each, rest(name))])) };
}
