import { ArnFormat, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { byPropertyIndex } from '../alarms/platform-names.ts';
import type { Settings } from '../settings.ts';
import { auditEntries, type PlatformFunction, type TableAction } from './platform-function.ts';
import { removalPolicy } from './removal-policy.ts';

const recordActions: readonly TableAction[] = [
  'GetItem',
  'BatchGetItem',
  'Query',
  'PutItem',
  'UpdateItem',
  'PartiQLInsert',
];
const stateActions: readonly TableAction[] = [
  'GetItem',
  'Query',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
];

/** A table by names that are known before it is there. */
export interface NamedTable {
  readonly name: string;
  readonly arn: string;
}

/**
 * The two tables: what is kept of Rentvine, and what the platform needs to know about its own work. Others refer to them by
 * name, so that they can be made last.
 */
export class Tables extends Construct {
  readonly records: NamedTable;
  readonly state: NamedTable;
  readonly #records: Table;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const { tableNames, ephemeral } = settings;
    this.records = this.named(tableNames.records);
    this.state = this.named(tableNames.state);
    const shape = {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: !ephemeral,
      removalPolicy: removalPolicy(settings),
    };

    this.#records = new Table(this, 'Records', {
      ...shape,
      tableName: this.records.name,
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
    });
    this.#records.addGlobalSecondaryIndex({
      indexName: byPropertyIndex,
      partitionKey: { name: 'byPropertyPk', type: AttributeType.STRING },
      sortKey: { name: 'byPropertySk', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });

    new Table(this, 'State', {
      ...shape,
      tableName: this.state.name,
      timeToLiveAttribute: 'expiresAt',
      resourcePolicy: new PolicyDocument({ statements: [keepAudit(this.state)] }),
    });
  }

  /** The stream of the records table, which has no name before the table is there. */
  get recordsStreamArn(): string {
    if (this.#records.tableStreamArn === undefined) throw new Error('A table with a stream has a stream ARN.');
    return this.#records.tableStreamArn;
  }

  /** Lets a function read the stream. */
  allowStreamRead({ role }: PlatformFunction): void {
    this.#records.grantStreamRead(role);
  }

  /** Gives both tables to a function that reads Rentvine and stores what it says. */
  bindForSync(target: PlatformFunction): void {
    target.bindTable('RECORDS_TABLE', this.records, recordActions);
    target.bindTable('STATE_TABLE', this.state, stateActions);
  }

  private named(name: string): NamedTable {
    const parts = { service: 'dynamodb', resource: 'table', resourceName: name };
    return { name, arn: Stack.of(this).formatArn({ ...parts, arnFormat: ArnFormat.SLASH_RESOURCE_NAME }) };
  }
}

/** Audit entries may be added; nobody, an administrator included, may change or delete one. */
const keepAudit = ({ arn }: NamedTable): PolicyStatement =>
  new PolicyStatement({
    sid: 'AuditEntriesStay',
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ['BatchWriteItem', 'DeleteItem', 'PartiQLDelete', 'PartiQLUpdate', 'UpdateItem'].map(
      (action) => `dynamodb:${action}`,
    ),
    resources: [arn],
    conditions: auditEntries,
  });
