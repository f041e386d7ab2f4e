import { CloudFormationClient, UpdateTerminationProtectionCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient, paginateListTables } from '@aws-sdk/client-dynamodb';
import { CreateEventBusCommand, DeleteEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';

/**
 * Makes the event bus of a stage beforehand, so that its deployment fails: the name is taken.
 *
 * @returns how to give the name back. It also lifts the protection of what is left of the stack, as a person has to: `cdk`
 * deletes a stack that was never whole before it tries again.
 */
export async function takeName(stage: string): Promise<{ remove(): Promise<void> }> {
  const events = new EventBridgeClient();
  const Name = `aictive-${stage}-rentvine`;
  await events.send(new CreateEventBusCommand({ Name }));
  return {
    async remove() {
      await events.send(new DeleteEventBusCommand({ Name }));
      const cloudformation = new CloudFormationClient();
      await cloudformation.send(
        new UpdateTerminationProtectionCommand({
          StackName: `aictive-${stage}-core`,
          EnableTerminationProtection: false,
        }),
      );
      for (const each of [events, cloudformation]) each.destroy();
    },
  };
}

/** What has a fixed name and is kept when its stack goes. */
export async function tablesAndLogGroups(stage: string): Promise<string[]> {
  const dynamodb = new DynamoDBClient();
  const logs = new CloudWatchLogsClient();
  const names: (string | undefined)[] = [];
  for await (const page of paginateListTables({ client: dynamodb }, {})) names.push(...(page.TableNames ?? []));
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client: logs }, {})) {
    names.push(...logGroups.map(({ logGroupName }) => logGroupName));
  }
  for (const each of [dynamodb, logs]) each.destroy();
  return names.filter((name) => name !== undefined).filter((name) => name.includes(`aictive-${stage}-`));
}

/** Names of the stage's tables that nobody can delete, in their order. */
export async function protectedTables(stage: string): Promise<string[]> {
  const dynamodb = new DynamoDBClient();
  const found: string[] = [];
  for (const TableName of await tablesAndLogGroups(stage)) {
    if (TableName.startsWith('/')) continue;
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
    if (Table?.DeletionProtectionEnabled) found.push(TableName);
  }
  dynamodb.destroy();
  return found.sort();
}
