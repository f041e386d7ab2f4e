import { ConfigurationError } from '../../../shared/errors.ts';
import { resources } from '../../../shared/rentvine/resources/catalogue.ts';
import type { FieldCatalogue } from '../../../shared/schema/field-catalogue.ts';
import { readCatalogue } from '../../../shared/schema/keep-fields.ts';
import { command } from '../command.ts';
import { resourceName } from '../options.ts';
import { formatTable } from '../text-table.ts';

/** What is known of one resource's fields, as it is shown. */
interface ResourceSchema {
  readonly resource: string;
  /** Since when changes are told; absent until a full read has shown rows. */
  readonly since?: string;
  readonly changes: FieldCatalogue['recent'];
  readonly fields: readonly {
    readonly field: string;
    readonly types: string;
    readonly read: string;
    readonly since: string;
    readonly last: string;
    readonly vanished?: string;
  }[];
  readonly dropped: readonly {
    readonly key: string;
    readonly times: number;
    readonly since: string;
    readonly last: string;
  }[];
}

export const schema = command({
  name: 'schema',
  positionals: '[<resource>]',
  help: 'Lists the fields that Rentvine answers: types, kinds of read, since when, what changed of late, and which personal ones are left out.',
  options: {},
  async run({ positionals: [wanted], platform, account, print }) {
    const names = wanted === undefined ? resources.map(({ name }) => name) : [nameOf(wanted)];
    const { state } = platform();
    const name = await account();
    const found = names.map(async (resource) => {
      const catalogue = await readCatalogue(state, { account: name, resource });
      return catalogue === undefined ? [] : [schemaOf(resource, catalogue)];
    });
    const schemas = (await Promise.all(found)).flat();
    print(schemas, () => (schemas.length === 0 ? 'Nothing was read yet.' : schemas.map(asText).join('\n\n')));
    return 0;
  },
});

function nameOf(wanted: string): string {
  const name = resourceName.safeParse(wanted);
  if (name.success) return name.data;
  throw new ConfigurationError(`There is no resource "${wanted}"; it ${name.error.issues[0]?.message}.`);
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

function schemaOf(resource: string, { fields, dropped, recent, baselineAt }: FieldCatalogue): ResourceSchema {
  return {
    resource,
    ...(baselineAt !== undefined && { since: baselineAt }),
    changes: recent,
    fields: Object.entries(fields)
      .sort(byName)
      .map(([field, { types, list, single, vanishedAt }]) => {
        const sightings = [list, single].filter((sighting) => sighting !== undefined);
        return {
          field,
          types: types.join(', ') || 'null',
          read: [list && 'list', single && 'single'].filter(Boolean).join(', '),
          since: sightings.map(({ first }) => first).sort()[0] ?? '',
          last:
            sightings
              .map(({ last }) => last)
              .sort()
              .at(-1) ?? '',
          ...(vanishedAt !== undefined && { vanished: vanishedAt }),
        };
      }),
    dropped: Object.entries(dropped)
      .sort(byName)
      .map(([key, { count, first, last }]) => ({ key, times: count, since: first, last })),
  };
}

function asText({ resource, since, changes, fields, dropped }: ResourceSchema): string {
  const told = changes.map(({ at, change, field, types, previousTypes }) => ({
    changed: at,
    what: change,
    field,
    types: previousTypes === undefined ? types.join(', ') : `${previousTypes.join(', ')} → ${types.join(', ')}`,
  }));
  return [
    `${resource}: ${fields.length} fields, changes told ${since === undefined ? 'once a full read has shown rows' : `since ${since}`}`,
    ...(told.length === 0 ? [] : [formatTable(told)]),
    ...(fields.length === 0 ? [] : [formatTable(fields)]),
    ...(dropped.length === 0 ? [] : [`Left out of every record:\n${formatTable(dropped)}`]),
  ].join('\n\n');
}
