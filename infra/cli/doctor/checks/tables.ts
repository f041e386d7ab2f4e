import { DescribeContinuousBackupsCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { type Check, type Finding, fail, ok, warn } from '../check.ts';
import type { DoctorContext } from '../context.ts';

/** Whether both tables can be used, and restored to any second of the last 35 days. */
export const tables: Check = {
  name: 'table',
  run: async (context) => {
    const { records, state } = context.platform;
    return Promise.all(
      [records.name, state.name].map(async (name) => ({ ...(await judge(name, context)), subject: name })),
    );
  },
};

async function judge(TableName: string, { dynamodb, platform }: DoctorContext): Promise<Finding> {
  try {
    const { Table: table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
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
  const { ContinuousBackupsDescription: backups } = await dynamodb.send(
    new DescribeContinuousBackupsCommand({ TableName }),
  );
  if (backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED') {
    return ok('active, with point-in-time recovery');
  }
  return warn('active, but without point-in-time recovery', 'Deploy the core stack again: somebody switched it off.');
}
