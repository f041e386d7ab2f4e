import { Tracer } from '@aws-lambda-powertools/tracer';

/**
 * The one tracer of the application. Where no X-Ray daemon listens, which is anywhere but Lambda itself, it does nothing
 * and says nothing. The stack turns off capturing of responses and errors: they could carry personal fields, and the log
 * has the error already, redacted.
 */
export const tracer = new Tracer({ enabled: process.env.AWS_XRAY_DAEMON_ADDRESS !== undefined });

/** Makes an AWS SDK client's calls appear in the trace; returns the same client. */
export const traced = <Client>(client: Client): Client => tracer.captureAWSv3Client(client);
