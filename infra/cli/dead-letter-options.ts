import { flag, option, text } from './options.ts';

/** Which dead letters are meant. */
export const filterOptions = {
  code: option('<code>', 'only those with this cause: CONTRACT', text.optional()),
  source: option('<queue>', 'only those from this queue: webhook-events', text.optional()),
  resource: option('<name>', 'only those about this resource: leases', text.optional()),
};

/** Which of them to close, where their ids are not given. */
export const selectionOptions = {
  ...filterOptions,
  all: flag('all that are open, or whose redrive died (and fit the other options)'),
  yes: flag('do not ask'),
};
