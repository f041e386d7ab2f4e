import { randomBytes } from 'node:crypto';

/** Who all local AWS services take everybody for. */
export const localIdentity = { accountId: '000000000000', region: 'us-east-1' } as const;

/** What it takes to ask the services of one stack. The id is no name: other users of the machine do not know it. */
export interface LocalAccess {
  readonly endpoint: string;
  readonly accessKeyId: string;
}

/** 128 random bits, in the alphabet of AWS's own ids. */
export const newAccessKeyId = (): string => `LOCAL${randomBytes(16).toString('hex').toUpperCase()}`;

/** Signatures are not checked. */
const secretAccessKey = 'local';

/** How an AWS SDK client reaches the local services. */
export const localClientConfig = ({ endpoint, accessKeyId }: LocalAccess) => ({
  endpoint,
  region: localIdentity.region,
  credentials: { accessKeyId, secretAccessKey },
});

/** With these variables any AWS SDK client reaches them. */
export const localEnvironment = ({ endpoint, accessKeyId }: LocalAccess): Record<string, string> => ({
  AWS_REGION: localIdentity.region,
  AWS_DEFAULT_REGION: localIdentity.region,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_ENDPOINT_URL: endpoint,
  AWS_EC2_METADATA_DISABLED: 'true',
});
