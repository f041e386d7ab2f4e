import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { maxEventBytes, maxEventsPerCall } from '../../../shared/aws-limits.ts';
import { AwsError, unsupportedOperation } from '../aws-error.ts';
import { ofType, type TemplateResource } from '../cloudformation/template-resource.ts';
import type { LocalLambda } from '../lambda/lambda.ts';
import type { LocalService, LocalWorld } from '../local-service.ts';
import type { LocalSqs } from '../sqs/sqs.ts';
import { type Matches, parsePattern } from './event-pattern.ts';

/** An event as rules match it and targets receive it. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** An event, and the bus that accepted it. */
export type SeenEvent = BusEvent & { readonly bus: string };

export interface LocalEventBridge extends LocalService {
  execute(operation: string, body: Record<string, unknown>): unknown;
  /** The newest events that a bus accepted, oldest first, and how many there were in all. */
  seen(): { count: number; events: readonly SeenEvent[] };
}

interface Rule {
  readonly bus: string;
  readonly matches: Matches;
  deliver(event: BusEvent): Promise<void>;
}

const keptEvents = 10_000;

const ruleSchema = z.strictObject({
  Name: z.string().optional(),
  EventBusName: z.string(),
  EventPattern: z.record(z.string(), z.unknown()),
  State: z.literal('ENABLED').optional(),
  Targets: z.array(
    z.strictObject({
      Id: z.string(),
      Arn: z.string(),
      SqsParameters: z.strictObject({ MessageGroupId: z.string() }).optional(),
      DeadLetterConfig: z.strictObject({ Arn: z.string() }).optional(),
    }),
  ),
});

const entrySchema = z.strictObject({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().default('default'),
  Resources: z.array(z.string()).default([]),
  Time: z.number().optional(),
});

type Entry = z.infer<typeof entrySchema>;

const putEvents = z.looseObject({ Entries: z.array(entrySchema) });
const jsonObject = z.record(z.string(), z.unknown());

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size */
function entryBytes(entry: Entry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...entry.Resources];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), entry.Time === undefined ? 0 : 14);
}

function parseDetail(detail: string): Record<string, unknown> | undefined {
  try {
    return jsonObject.safeParse(JSON.parse(detail)).data;
  } catch {
    return undefined;
  }
}

const busName = (nameOrArn: string): string => nameOrArn.split('/').at(-1) ?? nameOrArn;

/** EventBridge buses on one machine: PutEvents with the service's limits, and rules that deliver to queues and functions. */
export function startEventBridge(
  { region, accountId }: Pick<LocalWorld, 'region' | 'accountId'>,
  { sqs, lambda }: { readonly sqs: LocalSqs; readonly lambda: LocalLambda },
  onEvent: (event: SeenEvent) => void = () => undefined,
): LocalEventBridge {
  const buses = new Set(['default']);
  const rules: Rule[] = [];
  const events: SeenEvent[] = [];
  let count = 0;
  let delivering = 0;

  function readRule(resource: TemplateResource): Rule {
    const { EventBusName, EventPattern, Targets } = resource.properties(ruleSchema, ['Description']);
    const deliveries = Targets.map(({ Arn, SqsParameters, DeadLetterConfig }) => {
      const deliver = sqs.target(Arn, SqsParameters?.MessageGroupId) ?? lambda.target(Arn);
      if (!deliver) throw resource.fault(`its target ${Arn} is no queue or function of this stack`);
      const giveUp = DeadLetterConfig && sqs.target(DeadLetterConfig.Arn);
      if (DeadLetterConfig && !giveUp) throw resource.fault(`${DeadLetterConfig.Arn} is no queue of this stack`);
      return (payload: string) => deliver(payload).catch(() => giveUp?.(payload));
    });
    return {
      bus: busName(EventBusName),
      matches: parsePattern(EventPattern),
      async deliver(event) {
        for (const deliver of deliveries) await deliver(JSON.stringify(event));
      },
    };
  }

  function put(entry: Entry): Record<string, string> {
    const bus = busName(entry.EventBusName);
    for (const field of ['Source', 'DetailType', 'Detail'] as const) {
      if (!entry[field]) {
        return {
          ErrorCode: 'InvalidArgument',
          ErrorMessage: `Parameter ${field} is not valid. Reason: ${field} is a required argument.`,
        };
      }
    }
    const detail = parseDetail(entry.Detail ?? '');
    if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    if (!buses.has(bus)) {
      return { ErrorCode: 'ResourceNotFoundException', ErrorMessage: `Event bus ${bus} does not exist.` };
    }
    const time = entry.Time === undefined ? new Date() : new Date(entry.Time * 1000);
    const event: BusEvent = {
      version: '0',
      id: randomUUID(),
      'detail-type': entry.DetailType ?? '',
      source: entry.Source ?? '',
      account: accountId,
      time: time.toISOString().replace(/\.\d+Z$/, 'Z'),
      region,
      resources: entry.Resources,
      detail,
    };
    count += 1;
    events.push({ ...event, bus });
    if (events.length > keptEvents) events.shift();
    onEvent({ ...event, bus });
    for (const rule of rules) {
      if (rule.bus !== bus || !rule.matches(event)) continue;
      delivering += 1;
      void rule.deliver(event).finally(() => {
        delivering -= 1;
      });
    }
    return { EventId: event.id };
  }

  return {
    provision(resources) {
      for (const bus of ofType(resources, 'AWS::Events::EventBus')) buses.add(bus.physicalId);
      for (const rule of ofType(resources, 'AWS::Events::Rule')) rules.push(readRule(rule));
    },
    execute(operation, body) {
      if (operation !== 'PutEvents') throw unsupportedOperation('EventBridge', operation);
      const parsed = putEvents.safeParse(body);
      if (!parsed.success) throw new AwsError('ValidationException', z.prettifyError(parsed.error));
      const { Entries: entries } = parsed.data;
      if (entries.length === 0 || entries.length > maxEventsPerCall) {
        throw new AwsError(
          'ValidationException',
          `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and ${maxEventsPerCall}`,
        );
      }
      if (entries.reduce((sum, entry) => sum + entryBytes(entry), 0) > maxEventBytes) {
        throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
      }
      const answers = entries.map(put);
      return { FailedEntryCount: answers.filter((answer) => answer.ErrorCode).length, Entries: answers };
    },
    seen: () => ({ count, events: [...events] }),
    idle: () => delivering === 0,
    close: () => undefined,
  };
}
