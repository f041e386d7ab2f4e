import { Effect, type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

export interface InvocationRoleProps {
  readonly roleName: string;
  /** Only schedules of this group may take the role. */
  readonly group: IScheduleGroup;
  readonly target: IFunction;
  readonly deadLetterQueue?: IQueue;
}

/**
 * The role that Scheduler takes to invoke one function. Without later policy updates, because the target's own grant would
 * allow every version of the function too.
 */
export function invocationRole(
  scope: Construct,
  { roleName, group, target, deadLetterQueue }: InvocationRoleProps,
): IRole {
  const role = new Role(scope, 'Role', {
    roleName,
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceArn': group.scheduleGroupArn } },
    }),
  });
  const allow = (action: string, resource: string) =>
    role.addToPolicy(new PolicyStatement({ effect: Effect.ALLOW, actions: [action], resources: [resource] }));
  allow('lambda:InvokeFunction', target.functionArn);
  if (deadLetterQueue !== undefined) allow('sqs:SendMessage', deadLetterQueue.queueArn);
  return role.withoutPolicyUpdates();
}
