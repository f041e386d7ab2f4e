const causes: readonly (readonly [RegExp, string])[] = [
  [/Region is missing/, 'Set AWS_REGION to where the stage is deployed, and run this again.'],
  [
    /Credentials|ExpiredToken|UnrecognizedClient|InvalidClientToken|SSO|InvalidSignature/,
    'Log in to AWS, or set AWS_PROFILE, and run this again.',
  ],
  [
    /AccessDenied|NotAuthorized|UnauthorizedOperation/,
    'Use AWS credentials that may read the stack, or have that right added.',
  ],
  [
    /ValidationError|ResourceNotFound|NonExistentQueue|QueueDoesNotExist/,
    'Check --stage, and whether that stage is deployed in this account and region.',
  ],
  [
    /ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|TimeoutError|NetworkingError/,
    'Check the network and the region of the AWS credentials, and run this again.',
  ],
];

/** What somebody can do about an error of the AWS SDK; undefined for one that is not known. */
export function awsAdvice(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // The SDK gives a missing region no name of its own; other messages may speak of anything.
  const known = [
    error.name,
    'code' in error ? error.code : '',
    error.message === 'Region is missing' ? error.message : '',
  ];
  return causes.find(([pattern]) => pattern.test(known.join(' ')))?.[1];
}
