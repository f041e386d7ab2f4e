import { expect, it } from 'vitest';
import * as z from 'zod';
import { changeEventSchema } from './change-event-schema.ts';

it('publishes the JSON Schema that events have; after a change of it run `vitest run shared/events -u`', async () => {
  // As input: a consumer's validator must let fields through that later versions add.
  const schema = z.toJSONSchema(changeEventSchema, { io: 'input' });
  await expect(`${JSON.stringify(schema, undefined, 2)}\n`).toMatchFileSnapshot('./change-event.schema.json');
});
