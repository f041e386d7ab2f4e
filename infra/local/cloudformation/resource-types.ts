/** Where a resource's names point to. */
export interface Naming {
  readonly region: string;
  readonly accountId: string;
  /** URL of the gateway. */
  readonly endpoint: string;
  /** URL of the HTTP API. */
  readonly apiUrl: string;
}

/** What an identity may depend on: properties are resolved one at a time, so that references may go in circles. */
export interface IdentityInput {
  /** Stable name for a resource that the template does not name. */
  readonly generated: string;
  property(name: string): unknown;
  readonly naming: Naming;
}

/** What `Ref` and `Fn::GetAtt` of a resource yield. */
export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

type Identify = (input: IdentityInput) => Identity;

const text = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && value !== '' ? value : otherwise;

/** ARN of a function, without the qualifier that versions and aliases add. */
export function unqualifiedArn(arn: string): string {
  return arn.split(':').slice(0, 7).join(':');
}

/** Versions and aliases name their function by name or by ARN. */
function functionArn(value: unknown, { region, accountId }: Naming): string {
  const name = String(value);
  return name.startsWith('arn:') ? unqualifiedArn(name) : `arn:aws:lambda:${region}:${accountId}:function:${name}`;
}

/** A resource whose `Ref` is its name or id and whose ARN is `arn:aws:<service>:…:<prefix><name>`. */
function named(service: string, nameProperty: string, prefix: string, nameAttribute?: string): Identify {
  return ({ generated, property, naming: { region, accountId } }) => {
    const ref = text(property(nameProperty), generated);
    const attributes = { Arn: `arn:aws:${service}:${region}:${accountId}:${prefix}${ref}` };
    return { ref, attributes: nameAttribute ? { ...attributes, [nameAttribute]: ref } : attributes };
  };
}

const byGeneratedName: Identify = ({ generated }) => ({ ref: generated, attributes: {} });

/** Resource types that do something here. */
export const runningTypes: Readonly<Record<string, Identify>> = {
  'AWS::DynamoDB::Table'(input) {
    const { ref, attributes } = named('dynamodb', 'TableName', 'table/')(input);
    return { ref, attributes: { ...attributes, StreamArn: `${attributes.Arn}/stream/2025-01-01T00:00:00.000` } };
  },
  'AWS::SQS::Queue'({ generated, property, naming }) {
    const fifo = String(property('FifoQueue')) === 'true';
    const name = text(property('QueueName'), fifo ? `${generated}.fifo` : generated);
    const ref = `${naming.endpoint}/${naming.accountId}/${name}`;
    return { ref, attributes: { Arn: `arn:aws:sqs:${naming.region}:${naming.accountId}:${name}`, QueueName: name } };
  },
  'AWS::SNS::Topic'({ generated, property, naming }) {
    const name = text(property('TopicName'), generated);
    const ref = `arn:aws:sns:${naming.region}:${naming.accountId}:${name}`;
    return { ref, attributes: { TopicArn: ref, TopicName: name } };
  },
  'AWS::SNS::Subscription': byGeneratedName,
  'AWS::CloudWatch::Alarm': named('cloudwatch', 'AlarmName', 'alarm:'),
  'AWS::CloudWatch::CompositeAlarm': named('cloudwatch', 'AlarmName', 'alarm:'),
  'AWS::Events::EventBus': named('events', 'Name', 'event-bus/', 'Name'),
  'AWS::Events::Rule': named('events', 'Name', 'rule/'),
  'AWS::Scheduler::Schedule'(input) {
    const group = text(input.property('GroupName'), 'default');
    return named('scheduler', 'Name', `schedule/${group}/`)(input);
  },
  'AWS::Lambda::Function': named('lambda', 'FunctionName', 'function:'),
  'AWS::Lambda::Version'({ property, naming }) {
    const ref = `${functionArn(property('FunctionName'), naming)}:1`;
    return { ref, attributes: { FunctionArn: ref, Version: '1' } };
  },
  'AWS::Lambda::Alias'({ property, naming }) {
    const ref = `${functionArn(property('FunctionName'), naming)}:${property('Name')}`;
    return { ref, attributes: { AliasArn: ref } };
  },
  'AWS::Lambda::EventSourceMapping': byGeneratedName,
  'AWS::Lambda::EventInvokeConfig': byGeneratedName,
  'AWS::ApiGatewayV2::Api'({ generated, naming }) {
    return { ref: generated, attributes: { ApiId: generated, ApiEndpoint: naming.apiUrl } };
  },
  'AWS::ApiGatewayV2::Integration': byGeneratedName,
  'AWS::ApiGatewayV2::Route': byGeneratedName,
  'AWS::ApiGatewayV2::Stage': byGeneratedName,
};

/** Resource types that matter in an AWS account only; here they do nothing. A trailing star covers a whole service. */
const inertTypes = [
  'AWS::IAM::*',
  'AWS::Logs::*',
  'AWS::Chatbot::*',
  'AWS::CloudWatch::Dashboard',
  'AWS::Lambda::Permission',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::ScheduleGroup',
];

export function isInert(type: string): boolean {
  return inertTypes.some((inert) => (inert.endsWith('*') ? type.startsWith(inert.slice(0, -1)) : type === inert));
}

/** Identity of a resource that does nothing: enough for what refers to it. */
export function inertIdentity(type: string, input: IdentityInput): Identity {
  const [, service = '', kind = ''] = type.split('::');
  const { region, accountId } = input.naming;
  const ref = text(input.property('Name') ?? input.property(`${kind}Name`), input.generated);
  const where = service === 'IAM' ? `::${accountId}` : `:${region}:${accountId}`;
  return { ref, attributes: { Arn: `arn:aws:${service.toLowerCase()}${where}:${kind.toLowerCase()}/${ref}` } };
}
