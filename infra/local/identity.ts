/** Who all local AWS services take everybody for. */
export const localIdentity = { accountId: '000000000000', region: 'us-east-1' } as const;

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

/** How an AWS SDK client reaches the local services. */
export const localClientConfig = (endpoint: string) => ({ endpoint, region: localIdentity.region, credentials });

/** With these variables any AWS SDK client reaches them. */
export const localEnvironment = (endpoint: string): Record<string, string> => ({
  AWS_REGION: localIdentity.region,
  AWS_DEFAULT_REGION: localIdentity.region,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_ENDPOINT_URL: endpoint,
  AWS_EC2_METADATA_DISABLED: 'true',
});
