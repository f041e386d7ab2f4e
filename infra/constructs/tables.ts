import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { byPropertyIndex } from '../alarms/platform-names.ts';
import type { Settings } from '../settings.ts';
import type { PlatformFunction, TableAction } from './platform-function.ts';

const recordActions: readonly TableAction[] = ['GetItem', 'BatchGetItem', 'Query', 'UpdateItem'];
const stateActions: readonly TableAction[] = [
  'GetItem',
  'Query',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
];

/** The two tables: what is kept of Rentvine, and what the platform needs to know about its own work. */
export class Tables extends Construct {
  readonly records: Table;
  readonly recordsStreamArn: string;
  readonly state: Table;

  constructor(scope: Construct, id: string, { stage, prefix }: Settings) {
    super(scope, id);
    const keptInProd = {
      deletionProtection: stage === 'prod',
      removalPolicy: stage === 'prod' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    };
    const shape = {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      ...keptInProd,
    };

    this.records = new Table(this, 'Records', {
      ...shape,
      tableName: `${prefix}-records`,
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
    });
    if (this.records.tableStreamArn === undefined) throw new Error('A table with a stream has a stream ARN.');
    this.recordsStreamArn = this.records.tableStreamArn;
    this.records.addGlobalSecondaryIndex({
      indexName: byPropertyIndex,
      partitionKey: { name: 'byPropertyPk', type: AttributeType.STRING },
      sortKey: { name: 'byPropertySk', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });

    this.state = new Table(this, 'State', {
      ...shape,
      tableName: `${prefix}-state`,
      timeToLiveAttribute: 'expiresAt',
    });
  }

  /** Gives both tables to a function that reads Rentvine and stores what it says. */
  bindForSync(target: PlatformFunction): void {
    target.bindTable('RECORDS_TABLE', this.records, recordActions);
    target.bindTable('STATE_TABLE', this.state, stateActions);
  }
}
