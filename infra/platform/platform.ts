import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { InvocationType, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { describeAccount, findAccounts, type ListedAccount } from '../../shared/account/list-accounts.ts';
import { accountReader } from '../../shared/account/read-account.ts';
import type { Account } from '../../shared/account/secret.ts';
import { readSecretText } from '../../shared/account/secret-text.ts';
import { parseWebhookSecret, type WebhookKeys } from '../../shared/account/webhook-secret.ts';
import { redriveDeadLetter } from '../../shared/dead-letters/redrive.ts';
import { ConfigurationError } from '../../shared/errors.ts';
import { enterAccount, readDirectory } from '../../shared/store/account-directory.ts';
import type { CloseOutcome } from '../../shared/store/dead-letters.ts';
import { documentClient, type Table } from '../../shared/store/dynamo-table.ts';
import { type SyncRequest, syncRequestSchema } from '../../shared/sync/job.ts';
import type { FunctionName, QueueName } from '../alarms/platform-names.ts';
import { FunctionFailedError } from './function-failed-error.ts';
import { coreStackOf, prefixOf, secretPrefixOf, webhookSecretPrefixOf } from './names.ts';

/** How AWS clients reach the stack. Nothing for AWS itself, where the shell's own settings count. */
export interface ClientConfig {
  readonly endpoint?: string;
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface PlatformOptions {
  readonly stage: string;
  readonly clientConfig?: ClientConfig;
  /** The tables' names, where they are not the usual ones: a recovery may have made tables with new names. */
  readonly tableNames?: Readonly<Record<'records' | 'state', string>>;
  /** Outputs of the core stack, where they are known; CloudFormation is asked otherwise. */
  readonly outputs?: Readonly<Record<string, string>>;
  /** The clock that the stack runs by; the machine's own by default. */
  readonly now?: () => Date;
}

/** What a person or a test asks the planner for; what is left out is as if a schedule ticked now for all accounts. */
export type PlanRequest = Pick<SyncRequest, 'resource' | 'mode'> & Partial<SyncRequest>;

const plannedSchema = z.array(
  z.object({ account: z.string(), resource: syncRequestSchema.shape.resource, runId: z.string() }),
);

/** A job that the planner queued. */
export type PlannedJob = z.output<typeof plannedSchema>[number];

const failureSchema = z.object({ errorMessage: z.string() });

/**
 * One stage of the platform that runs, on this machine or on AWS, as its operators, the console, faults and tests see it: through
 * AWS's own APIs and nothing else. Clients are made when they are first needed; `close` lets go of them.
 *
 * @example
 * const platform = localPlatform(await startLocalStack({ … }));
 * const [job] = await platform.plan({ resource: 'leases', mode: 'full' });
 */
export class Platform {
  readonly stage: string;
  /** What all physical names begin with: `aictive-prod`. */
  readonly prefix: string;
  /** Ends with a slash; the rest of a secret's name is its account. */
  readonly secretPrefix: string;
  /** The same of the secrets of signing keys. */
  readonly webhookSecretPrefix: string;
  /** For clients of services that only one caller needs. */
  readonly clientConfig: ClientConfig;
  /** The time by the stack's clock, which a fault may have turned. */
  readonly now: () => Date;
  readonly #clients = new Map<unknown, { destroy(): void }>();
  readonly #tableNames: Readonly<Record<'records' | 'state', string>>;
  readonly #queueUrls = new Map<string, string>();
  #documents: DynamoDBDocumentClient | undefined;
  #readAccount: ((name: string) => Promise<Account>) | undefined;
  #outputs: Readonly<Record<string, string>> | undefined;

  constructor({ stage, clientConfig = {}, tableNames, outputs, now = () => new Date() }: PlatformOptions) {
    this.stage = stage;
    this.prefix = prefixOf(stage);
    this.secretPrefix = secretPrefixOf(stage);
    this.webhookSecretPrefix = webhookSecretPrefixOf(stage);
    this.clientConfig = clientConfig;
    this.now = now;
    this.#tableNames = tableNames ?? { records: this.nameOf('records'), state: this.nameOf('state') };
    this.#outputs = outputs;
  }

  /** Whether it runs on this machine. */
  get isLocal(): boolean {
    return this.clientConfig.endpoint !== undefined;
  }

  get cloudwatch(): CloudWatchClient {
    return this.#client(CloudWatchClient);
  }
  get dynamodb(): DynamoDBClient {
    return this.#client(DynamoDBClient);
  }
  get events(): EventBridgeClient {
    return this.#client(EventBridgeClient);
  }
  get lambda(): LambdaClient {
    return this.#client(LambdaClient);
  }
  get scheduler(): SchedulerClient {
    return this.#client(SchedulerClient);
  }
  get secrets(): SecretsManagerClient {
    return this.#client(SecretsManagerClient);
  }
  get sns(): SNSClient {
    return this.#client(SNSClient);
  }
  get sqs(): SQSClient {
    return this.#client(SQSClient);
  }

  get records(): Table {
    return { client: this.#documentClient(), name: this.#tableNames.records };
  }
  get state(): Table {
    return { client: this.#documentClient(), name: this.#tableNames.state };
  }

  /** The physical name of a function, queue, schedule or alarm: `aictive-prod-sync-worker`. */
  nameOf(name: string): string {
    return `${this.prefix}-${name}`;
  }

  /** Outputs of the core stack by name. */
  async outputs(): Promise<Readonly<Record<string, string>>> {
    this.#outputs ??= await this.#deployedOutputs();
    return this.#outputs;
  }

  /** The HTTP API's URL, without a slash at its end. @throws ConfigurationError when the stack has none */
  async apiUrl(): Promise<string> {
    const { ApiUrl: url } = await this.outputs();
    if (url === undefined) throw new ConfigurationError('The stack has no HTTP API.');
    return url.replace(/\/$/, '');
  }

  /** Where an account's webhooks are posted to. @throws ConfigurationError when the stack has no HTTP API */
  async webhookUrl(account: string): Promise<string> {
    return `${await this.apiUrl()}/webhooks/rentvine/${account}`;
  }

  /** The accounts that have a secret, in the order of their names. */
  async accounts(): Promise<ListedAccount[]> {
    const directory = await readDirectory(this.state);
    return findAccounts(
      this.secrets,
      this.secretPrefix,
      directory.map(({ name }) => name),
    );
  }

  /** The account of this name, asked for directly; undefined when it has no secret. */
  findAccount(name: string): Promise<ListedAccount | undefined> {
    return describeAccount(this.secrets, this.secretPrefix, name);
  }

  /**
   * An account's settings and credentials, from its secret.
   *
   * @throws ConfigurationError when there is no such secret, or it does not fit
   */
  readAccount(name: string): Promise<Account> {
    this.#readAccount ??= accountReader(this.secrets, this.secretPrefix);
    return this.#readAccount(name);
  }

  /**
   * How an account's webhooks are signed, from the secret of its signing keys; undefined where there is none.
   *
   * @throws ConfigurationError when it does not fit
   */
  async readWebhookKeys(account: string): Promise<WebhookKeys | undefined> {
    const text = await readSecretText(this.secrets, this.webhookSecretPrefix + account);
    return text === undefined ? undefined : parseWebhookSecret(account, text);
  }

  /** Makes an account's secret, or gives it this content, and enters the account into the directory. */
  async putSecret(account: string, content: unknown): Promise<void> {
    await this.#putSecretText(this.secretPrefix + account, JSON.stringify(content));
    await enterAccount(this.state, account, this.now());
  }

  /** Makes the secret of an account's signing keys, or gives it this content. */
  putWebhookSecret(account: string, content: unknown): Promise<void> {
    return this.#putSecretText(this.webhookSecretPrefix + account, JSON.stringify(content));
  }

  /** Invokes a function and answers what it returned. @throws FunctionFailedError */
  async invoke(name: FunctionName, payload: unknown): Promise<unknown> {
    const answer = await this.lambda.send(
      new InvokeCommand({ FunctionName: this.nameOf(name), Payload: JSON.stringify(payload) }),
    );
    const result: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString() || 'null');
    if (answer.FunctionError === undefined) return result;
    const failure = failureSchema.safeParse(result);
    throw new FunctionFailedError(failure.success ? failure.data.errorMessage : `${name} failed; see its log.`);
  }

  /**
   * Asks the planner for sync runs, as a schedule's tick does.
   *
   * @returns a job for each account
   * @throws FunctionFailedError, as when one of the accounts is unknown
   */
  async plan(request: PlanRequest): Promise<PlannedJob[]> {
    const tick = { scheduledAt: this.now().toISOString(), correlationId: crypto.randomUUID(), ...request };
    return plannedSchema.parse(await this.invoke('sync-planner', tick));
  }

  async queueUrl(queue: QueueName): Promise<string> {
    const known = this.#queueUrls.get(queue);
    if (known !== undefined) return known;
    const { QueueUrl: url = '' } = await this.sqs.send(new GetQueueUrlCommand({ QueueName: this.nameOf(queue) }));
    this.#queueUrls.set(queue, url);
    return url;
  }

  /** Queues a message, in a FIFO queue as one that was not there before. */
  async send(queue: QueueName, body: string, { group = 'operator' }: { readonly group?: string } = {}): Promise<void> {
    const ordered = { MessageGroupId: group, MessageDeduplicationId: crypto.randomUUID() };
    const QueueUrl = await this.queueUrl(queue);
    await this.sqs.send(
      new SendMessageCommand({ QueueUrl, MessageBody: body, ...(queue.endsWith('.fifo') && ordered) }),
    );
  }

  /** Puts a dead letter back where it came from, see {@link redriveDeadLetter}. */
  redrive(id: string, operator: string): Promise<CloseOutcome> {
    const { state, sqs, events, now } = this;
    return redriveDeadLetter(id, operator, {
      state,
      sqs,
      events,
      now,
      invoke: async (FunctionName, Payload) => {
        await this.lambda.send(new InvokeCommand({ FunctionName, InvocationType: InvocationType.Event, Payload }));
      },
    });
  }

  /** Lets go of all connections. */
  close(): void {
    for (const client of this.#clients.values()) client.destroy();
    this.#clients.clear();
  }

  async #putSecretText(name: string, SecretString: string): Promise<void> {
    try {
      await this.secrets.send(new CreateSecretCommand({ Name: name, SecretString }));
    } catch (error) {
      if (!(error instanceof ResourceExistsException)) throw error;
      await this.secrets.send(new PutSecretValueCommand({ SecretId: name, SecretString }));
    }
  }

  #client<Client extends { destroy(): void }>(type: new (config: ClientConfig) => Client): Client {
    const known = this.#clients.get(type);
    if (known instanceof type) return known;
    const made = new type(this.clientConfig);
    this.#clients.set(type, made);
    return made;
  }

  #documentClient(): DynamoDBDocumentClient {
    this.#documents ??= documentClient(this.dynamodb);
    return this.#documents;
  }

  async #deployedOutputs(): Promise<Record<string, string>> {
    const { Stacks: stacks } = await this.#client(CloudFormationClient).send(
      new DescribeStacksCommand({ StackName: coreStackOf(this.stage) }),
    );
    const outputs = stacks?.[0]?.Outputs ?? [];
    return Object.fromEntries(outputs.map(({ OutputKey: key = '', OutputValue: value = '' }) => [key, value]));
  }
}
