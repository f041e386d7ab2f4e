import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import type { Construct } from 'constructs';
import type { MonitoringSettings } from '../settings.ts';

/** What has been spent, and what AWS expects of the whole month, in percent of the limit. */
const notices = [
  { notificationType: 'ACTUAL', threshold: 80 },
  { notificationType: 'FORECASTED', threshold: 100 },
];

/**
 * A monthly limit on the costs of the whole AWS account: those of one stage could only be told apart by tags that a person
 * has to activate first.
 */
export function addBudget(
  scope: Construct,
  prefix: string,
  { monthlyBudgetUsd = 0, warningEmails }: MonitoringSettings,
): void {
  new CfnBudget(scope, 'Budget', {
    budget: {
      budgetName: `${prefix}-monthly`,
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      budgetLimit: { amount: monthlyBudgetUsd, unit: 'USD' },
    },
    notificationsWithSubscribers: notices.map((notice) => ({
      notification: { ...notice, comparisonOperator: 'GREATER_THAN', thresholdType: 'PERCENTAGE' },
      subscribers: warningEmails.map((address) => ({ address, subscriptionType: 'EMAIL' })),
    })),
  });
}
