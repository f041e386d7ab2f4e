import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { documentClient } from '../../../shared/store/dynamo-table.ts';
import { awsStub } from '../../../test/aws-stub.ts';
import type { Platform } from '../connect.ts';

const refuse = (): never => {
  throw new Error('Nothing else is asked for.');
};
const refused = async () => refuse();

/** A deployed stage `prod` for the tests of checks: what a test does not give it must not be asked for. */
export function deployedPlatform(given: Partial<Platform> = {}): Platform {
  const client = documentClient(new DynamoDBClient(awsStub(refuse)));
  return {
    stage: 'prod',
    prefix: 'aictive-prod',
    isLocal: false,
    clientConfig: { region: 'eu-west-1' },
    secrets: new SecretsManagerClient(awsStub(refuse)),
    secretPrefix: 'aictive/prod/rentvine/',
    outputs: refused,
    records: { client, name: 'aictive-prod-records' },
    state: { client, name: 'aictive-prod-state' },
    sqs: new SQSClient(awsStub(refuse)),
    events: new EventBridgeClient(awsStub(refuse)),
    accounts: refused,
    readAccount: refused,
    webhookUrl: refused,
    invoke: refused,
    plan: refused,
    ...given,
  };
}
