import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { paginateListSecrets, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { accountReader } from '../../shared/account/read-account.ts';
import type { Account } from '../../shared/account/secret.ts';
import { ConfigurationError } from '../../shared/errors.ts';
import { documentClient, type Table } from '../../shared/store/dynamo-table.ts';
import { type EndpointFile, readEndpoint } from '../local/data-dir.ts';
import type { Values } from './command.ts';

/** How clients of AWS services reach the stack: nothing on AWS, where the shell's own settings count. */
export type ClientConfig = Readonly<
  Partial<{ endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } }>
>;

/** A core stack that an operator works on, here or on AWS. */
export interface Platform {
  readonly stage: string;
  /** What all physical names begin with: `aictive-prod`. */
  readonly prefix: string;
  readonly isLocal: boolean;
  readonly clientConfig: ClientConfig;
  readonly secrets: SecretsManagerClient;
  /** Ends with a slash; the rest of a secret's name is its account. */
  readonly secretPrefix: string;
  /** Outputs of the core stack by name. */
  outputs(): Promise<Readonly<Record<string, string>>>;
  readonly records: Table;
  readonly state: Table;
  readonly sqs: SQSClient;
  readonly events: EventBridgeClient;
  /** Names of the configured accounts. */
  accounts(): Promise<string[]>;
  /**
   * An account's settings and credentials, from its secret.
   *
   * @throws ConfigurationError when there is no such secret, or it does not fit
   */
  readonly readAccount: (name: string) => Promise<Account>;
  /**
   * Where webhooks are posted to.
   *
   * @throws ConfigurationError when the stack has no HTTP API
   */
  webhookUrl(account: string): Promise<string>;
  /** Invokes a function asynchronously. */
  readonly invoke: (functionName: string, payload: string) => Promise<void>;
  /**
   * Invokes the planner and answers what it returned.
   *
   * @throws Error when the function fails
   */
  plan(request: object): Promise<unknown>;
}

const localStage = 'dev';
const failureShape = z.object({ errorMessage: z.string() });

/**
 * Connects to the stack that `--stage` names, or to the one that runs on this machine.
 *
 * @throws ConfigurationError when none runs here
 */
export function connect(values: Values): Platform {
  const stage = typeof values.stage === 'string' ? values.stage : undefined;
  const local = stage === undefined ? runningStack(values) : undefined;
  const config: ClientConfig = local === undefined ? {} : { endpoint: local.endpoint, ...localClient };
  const prefix = `aictive-${stage ?? localStage}`;
  const client = documentClient(new DynamoDBClient(config));
  const lambda = new LambdaClient(config);
  const secrets = new SecretsManagerClient(config);
  const secretPrefix = `aictive/${stage ?? localStage}/rentvine/`;
  const outputs = async () =>
    local === undefined ? deployedOutputs(`${prefix}-core`) : (local.outputs[`${prefix}-core`] ?? {});
  return {
    stage: stage ?? localStage,
    prefix,
    isLocal: local !== undefined,
    clientConfig: config,
    secrets,
    secretPrefix,
    outputs,
    records: { client, name: `${prefix}-records` },
    state: { client, name: `${prefix}-state` },
    sqs: new SQSClient(config),
    events: new EventBridgeClient(config),
    readAccount: accountReader(secrets, secretPrefix),
    async webhookUrl(account) {
      const api = local === undefined ? (await outputs()).ApiUrl : local.apiUrl;
      if (api === undefined) throw new ConfigurationError('The stack has no HTTP API.');
      return `${api.replace(/\/$/, '')}/webhooks/rentvine/${account}`;
    },
    async invoke(functionName, payload) {
      await lambda.send(new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: payload }));
    },
    async accounts() {
      const names: string[] = [];
      for await (const page of paginateListSecrets(
        { client: secrets },
        { Filters: [{ Key: 'name', Values: [secretPrefix] }] },
      )) {
        for (const { Name: name = '' } of page.SecretList ?? []) {
          if (name.startsWith(secretPrefix)) names.push(name.slice(secretPrefix.length));
        }
      }
      return names.sort();
    },
    async plan(request) {
      const answer = await lambda.send(
        new InvokeCommand({ FunctionName: `${prefix}-sync-planner`, Payload: JSON.stringify(request) }),
      );
      const payload: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString() || 'null');
      if (answer.FunctionError === undefined) return payload;
      const failure = failureShape.safeParse(payload);
      throw new ConfigurationError(failure.success ? failure.data.errorMessage : 'The planner failed; see its log.');
    },
  };
}

const localClient = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** The stack that runs here; each account's local state is a directory of its own below `--data`. */
function runningStack(values: Values): Pick<EndpointFile, 'apiUrl' | 'outputs'> & { endpoint: string } {
  const data = resolve(typeof values.data === 'string' ? values.data : '.local');
  const directories = existsSync(data) ? readdirSync(data, { withFileTypes: true }) : [];
  const running = directories
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => readEndpoint(join(data, entry.name)) ?? []);
  const [first, second] = running;
  if (first?.endpoint === undefined) {
    throw new ConfigurationError(
      `No stack runs on this machine with its state in ${data}; start one with npm start, or name a deployed one with --stage.`,
    );
  }
  if (second !== undefined) {
    throw new ConfigurationError(`Several stacks run with their state in ${data}; stop all but one.`);
  }
  return { ...first, endpoint: first.endpoint };
}

async function deployedOutputs(stackName: string): Promise<Record<string, string>> {
  const { Stacks: stacks } = await new CloudFormationClient().send(new DescribeStacksCommand({ StackName: stackName }));
  const outputs = stacks?.[0]?.Outputs ?? [];
  return Object.fromEntries(outputs.map(({ OutputKey: key = '', OutputValue: value = '' }) => [key, value]));
}

/**
 * The account that a command is about.
 *
 * @throws ConfigurationError when it is not named and there is not exactly one
 */
export async function accountOf(platform: Platform, values: Values): Promise<string> {
  if (typeof values.account === 'string') return values.account;
  const accounts = await platform.accounts();
  const [only] = accounts;
  if (only === undefined)
    throw new ConfigurationError('No account is configured; create its secret as the README says.');
  if (accounts.length > 1)
    throw new ConfigurationError(`Name one of the accounts with --account: ${accounts.join(', ')}.`);
  return only;
}
