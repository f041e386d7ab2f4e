import { DescribeContinuousBackupsCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { Platform } from '../../../platform/platform.ts';
import { type Check, type Finding, fail, ok, warn } from '../check.ts';

/** Whether both tables can be used, and restored to any second of the last 35 days. */
export const tables: Check = {
  name: 'table',
  async run({ platform }) {
    const { records, state } = platform;
    return Promise.all(
      [records.name, state.name].map(async (name) => ({ ...(await judge(name, platform)), subject: name })),
    );
  },
};

async function judge(TableName: string, platform: Platform): Promise<Finding> {
  try {
    const { Table: table } = await platform.dynamodb.send(new DescribeTableCommand({ TableName }));
    if (table?.TableStatus !== 'ACTIVE') {
      return fail(
        `is ${table?.TableStatus}`,
        'Wait until it is ACTIVE; if it was deleted, restore it from its last backup.',
      );
    }
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
    return fail('does not exist', `Deploy the core stack: npm run deploy -- -c stage=${platform.stage}.`);
  }
  if (platform.isLocal) return ok('active');
  const { ContinuousBackupsDescription: backups } = await platform.dynamodb.send(
    new DescribeContinuousBackupsCommand({ TableName }),
  );
  if (backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED') {
    return ok('active, with point-in-time recovery');
  }
  return warn('active, but without point-in-time recovery', 'Deploy the core stack again: somebody switched it off.');
}
