import type { Check } from './check.ts';
import { alarmRoutes } from './checks/alarm-routes.ts';
import { alarms } from './checks/alarms.ts';
import { aws } from './checks/aws.ts';
import { breakers } from './checks/breakers.ts';
import { clockSkew } from './checks/clock-skew.ts';
import { concurrency } from './checks/concurrency.ts';
import { configuration } from './checks/configuration.ts';
import { credentials, rentvineReachable } from './checks/credentials.ts';
import { deadLetters } from './checks/dead-letters.ts';
import { freshness } from './checks/freshness.ts';
import { goneAnswers } from './checks/gone-answers.ts';
import { pageSize } from './checks/page-size.ts';
import { queues } from './checks/queues.ts';
import { rateLimits } from './checks/rate-limits.ts';
import { readable } from './checks/resources.ts';
import { schedules } from './checks/schedules.ts';
import { accountSecrets, secret, signingKeys } from './checks/secrets.ts';
import { stackOutputs } from './checks/stack-outputs.ts';
import { tables } from './checks/tables.ts';
import { signatureRoundTrip, webhookRoute } from './checks/webhooks.ts';

/** What the doctor looks at, in order: first what everything else needs. */
export const allChecks: readonly Check[] = [
  configuration,
  aws,
  stackOutputs,
  accountSecrets,
  secret,
  signingKeys,
  credentials,
  rentvineReachable,
  pageSize,
  clockSkew,
  rateLimits,
  readable,
  goneAnswers,
  concurrency,
  webhookRoute,
  signatureRoundTrip,
  queues,
  tables,
  schedules,
  freshness,
  deadLetters,
  breakers,
  alarms,
  alarmRoutes,
];
