import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';

export const byPropertyIndex = 'by-property';

export interface TablesProps {
  readonly stage: string;
}

/** The two tables: what is kept of Rentvine, and what the platform needs to know about its own work. */
export class Tables extends Construct {
  readonly records: Table;
  readonly recordsStreamArn: string;
  readonly state: Table;

  constructor(scope: Construct, id: string, { stage }: TablesProps) {
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
      tableName: `aictive-${stage}-records`,
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
      tableName: `aictive-${stage}-state`,
      timeToLiveAttribute: 'expiresAt',
    });
  }
}
