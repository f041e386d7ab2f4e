import { expect, it } from 'vitest';
import * as z from 'zod';
import { schemaEventSchema } from './schema-event-schema.ts';

it('publishes the JSON Schema that events about fields have; after a change of it run `vitest run shared/events -u`', async () => {
  // As input: a consumer's validator must let fields through that later versions add.
  const schema = z.toJSONSchema(schemaEventSchema, { io: 'input' });
  await expect(`${JSON.stringify(schema, undefined, 2)}\n`).toMatchFileSnapshot('./schema-event.schema.json');
});
