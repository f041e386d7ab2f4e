import { RemovalPolicy } from 'aws-cdk-lib';
import type { Settings } from '../settings.ts';

/**
 * What becomes of tables and log groups without their stack. Where a stage keeps them, a creation that is rolled back still
 * deletes them: empty, and with fixed names, they would only block the next try.
 */
export const removalPolicy = ({ ephemeral }: Settings): RemovalPolicy =>
  ephemeral ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
