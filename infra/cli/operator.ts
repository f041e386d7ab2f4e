import { userInfo } from 'node:os';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { ConfigurationError } from '../../shared/errors.ts';
import type { Platform } from '../platform/platform.ts';
import { awsAdvice } from './aws-advice.ts';

/**
 * Who does what a command does, for the audit: the AWS identity whose credentials are used, which nobody can choose as they
 * can their user's name. The stack on this machine knows no identities: there it is the user of the machine, and says so.
 *
 * @returns an ARN, or `local user <name>`
 * @throws ConfigurationError when AWS does not say who it is: nobody acts unnamed
 */
export async function operatorOf({ isLocal, clientConfig }: Platform): Promise<string> {
  if (isLocal) return `local user ${userInfo().username}`;
  const sts = new STSClient(clientConfig);
  try {
    const { Arn } = await sts.send(new GetCallerIdentityCommand());
    if (Arn !== undefined) return Arn;
  } catch (error) {
    const advice = awsAdvice(error) ?? 'Check the AWS credentials, and run this again.';
    throw new ConfigurationError(`AWS does not say who you are, and what is done here is audited. ${advice}`);
  } finally {
    sts.destroy();
  }
  throw new ConfigurationError('AWS does not say who you are, and what is done here is audited.');
}
