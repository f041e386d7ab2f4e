import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, paginateListTables } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListEventBusesCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { GetScheduleCommand, ListScheduleGroupsCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { CreateSecretCommand, DeleteSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetQueueAttributesCommand, paginateListQueues, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { ResourceName } from '../../shared/rentvine/resources/catalogue.ts';
import { listDeadLetters } from '../../shared/store/dead-letters.ts';
import { documentClient } from '../../shared/store/dynamo-table.ts';
import { allRecords, type StoredRecord } from '../../shared/store/records.ts';
import { isFinished, type Run, readRun } from '../../shared/store/runs.ts';
import type { Outputs } from './cdk.ts';

/** The core stack where it is deployed, seen through the AWS SDK alone. */
export interface DeployedStack {
  putSecret(account: string, content: unknown): Promise<void>;
  /**
   * Sends the planner what the resource's own schedule sends it.
   *
   * @param dueAt when the tick is due; a run that began since then has done its work already
   * @returns the run that it planned for each account
   */
  tick(resource: ResourceName, mode: Run['mode'], dueAt: Date): Promise<ReadonlyMap<string, string>>;
  run(account: string, resource: ResourceName, runId: string): Promise<Run | undefined>;
  /** Waits until a run is over; of one that was covered by another, answers that other one. */
  finished(account: string, resource: ResourceName, runId: string): Promise<Run>;
  /** All records of a resource by id, tombstones included. */
  stored(account: string, resource: ResourceName): Promise<ReadonlyMap<string, StoredRecord>>;
  /** Messages of jobs and events in their dead-letter queues, and those that are kept from there. */
  deadLetters(): Promise<number>;
  /** Every line that its functions have logged. */
  logs(): Promise<string[]>;
  /** Names of everything that exists of this stage, whoever made it; secrets apart, which the stack does not own. */
  leftovers(): Promise<string[]>;
  /** Deletes the secrets that were put. */
  close(): Promise<void>;
}

const pollMs = 250;
const runDeadlineMs = 90_000;
/** Of what the functions logged last, where a run does not end. */
const maxToldLines = 20;
const plannedSchema = z.array(z.object({ account: z.string(), runId: z.string() }));

/** Waits until `condition` holds. @throws Error naming `what` after `deadlineMs` milliseconds */
export async function until(what: string, condition: () => Promise<boolean>, deadlineMs = 30_000): Promise<void> {
  const giveUpAt = Date.now() + deadlineMs;
  while (!(await condition())) {
    if (Date.now() > giveUpAt) throw new Error(`Not within ${deadlineMs} ms: ${what}`);
    await sleep(pollMs);
  }
}

/** Waits until a second begins: Scheduler's times are whole seconds, and this one is after all that has happened. */
export async function nextSecond(): Promise<Date> {
  const second = Math.floor(Date.now() / 1000) + 1;
  await until('the next second', async () => Date.now() >= second * 1000);
  return new Date(second * 1000);
}

export function deployedStack(stage: string, outputs: Outputs): DeployedStack {
  const prefix = `aictive-${stage}`;
  const dynamodb = new DynamoDBClient();
  const client = documentClient(dynamodb);
  const records = { client, name: outputs.RecordsTableName };
  const state = { client, name: outputs.StateTableName };
  const lambda = new LambdaClient();
  const scheduler = new SchedulerClient();
  const secrets = new SecretsManagerClient();
  const sqs = new SQSClient();
  const logs = new CloudWatchLogsClient();
  const events = new EventBridgeClient();
  const secretNames: string[] = [];

  async function functionLogGroups(): Promise<string[]> {
    const names: string[] = [];
    const logGroupNamePrefix = `/aws/lambda/${prefix}-`;
    for await (const page of paginateDescribeLogGroups({ client: logs }, { logGroupNamePrefix })) {
      for (const { logGroupName } of page.logGroups ?? []) if (logGroupName) names.push(logGroupName);
    }
    return names;
  }

  const stack: DeployedStack = {
    async putSecret(account, content) {
      const Name = outputs.SecretPrefix + account;
      await secrets.send(new CreateSecretCommand({ Name, SecretString: JSON.stringify(content) }));
      secretNames.push(Name);
    },
    async tick(resource, mode, dueAt) {
      const { Target } = await scheduler.send(
        new GetScheduleCommand({ GroupName: `${prefix}-rentvine`, Name: `${prefix}-${resource}-${mode}` }),
      );
      // EventBridge Scheduler documents that it fills in its context attributes; MiniStack sends them as they are.
      const input = Target?.Input?.replaceAll(
        '<aws.scheduler.scheduled-time>',
        dueAt.toISOString().replace(/\.\d+Z$/, 'Z'),
      ).replaceAll('<aws.scheduler.execution-id>', crypto.randomUUID());
      const { FunctionError, Payload } = await lambda.send(
        new InvokeCommand({ FunctionName: Target?.Arn, Payload: input ?? '' }),
      );
      const answer = Buffer.from(Payload ?? []).toString('utf8');
      if (FunctionError !== undefined) throw new Error(`The planner failed: ${answer}`);
      return new Map(plannedSchema.parse(JSON.parse(answer)).map(({ account, runId }) => [account, runId]));
    },
    run: (account, resource, runId) => readRun(state, { account, resource }, runId),
    async finished(account, resource, runId) {
      let run: Run | undefined;
      const isOver = async () => {
        run = await stack.run(account, resource, runId);
        return run !== undefined && isFinished(run);
      };
      await until(`the end of ${account}'s run of ${resource}`, isOver, runDeadlineMs).catch(async (error: Error) => {
        throw new Error(
          [error.message, ...(await stack.logs()).filter((line) => line.includes('"level"')).slice(-maxToldLines)].join(
            '\n',
          ),
        );
      });
      const coveredBy = run?.coveredBy === undefined ? undefined : await stack.run(account, resource, run.coveredBy);
      const over = coveredBy ?? run;
      if (over === undefined) throw new Error('A run that is over has a report.');
      return over;
    },
    async stored(account, resource) {
      const found = new Map<string, StoredRecord>();
      for await (const record of allRecords(records, { account, resource })) found.set(record.id, record);
      return found;
    },
    async deadLetters() {
      const counts = [outputs.SyncJobsDeadLetterQueueUrl, outputs.ChangeEventsDeadLetterQueueUrl].map(
        async (QueueUrl) => {
          const { Attributes = {} } = await sqs.send(
            new GetQueueAttributesCommand({
              QueueUrl,
              AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
            }),
          );
          return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
        },
      );
      const waiting = (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
      // MiniStack leaves the placeholders of a schedule's input unfilled, so that its own ticks fail in the planner.
      const kept = (await listDeadLetters(state)).filter(({ target }) => target.kind !== 'function');
      return waiting + kept.length;
    },
    async logs() {
      const lines: string[] = [];
      for (const logGroupName of await functionLogGroups()) {
        for await (const page of paginateFilterLogEvents({ client: logs }, { logGroupName })) {
          for (const { message = '' } of page.events ?? []) lines.push(message);
        }
      }
      return lines;
    },
    async leftovers() {
      const names: (string | undefined)[] = await functionLogGroups();
      for await (const page of paginateListTables({ client: dynamodb }, {})) names.push(...(page.TableNames ?? []));
      for await (const page of paginateListQueues({ client: sqs }, { QueueNamePrefix: prefix })) {
        names.push(...(page.QueueUrls ?? []));
      }
      for await (const page of paginateListFunctions({ client: lambda }, {})) {
        names.push(...(page.Functions ?? []).map(({ FunctionName }) => FunctionName));
      }
      const { EventBuses = [] } = await events.send(new ListEventBusesCommand({ NamePrefix: prefix }));
      const { ScheduleGroups = [] } = await scheduler.send(new ListScheduleGroupsCommand({ NamePrefix: prefix }));
      names.push(...[...EventBuses, ...ScheduleGroups].map(({ Name }) => Name));
      return names.filter((name) => name !== undefined).filter((name) => name.includes(prefix));
    },
    async close() {
      for (const SecretId of secretNames) {
        await secrets.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
      }
      for (const each of [dynamodb, lambda, scheduler, secrets, sqs, logs, events]) each.destroy();
    },
  };
  return stack;
}
