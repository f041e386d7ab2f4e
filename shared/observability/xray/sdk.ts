/**
 * The parts of the X-Ray SDK that Powertools' tracer uses in a Lambda; bundles take this in place of the package. Left out is
 * what a function would load at every cold start and never call: version 2 of the AWS SDK, Express, SQL, plugins for EC2 and
 * ECS, and patches of `http` and `Promise`.
 *
 * Only bundles contain this module. It imports by relative path, because the package's name leads back here.
 */
import { captureAsyncFunc, captureFunc } from '../../../node_modules/aws-xray-sdk-core/dist/lib/capture.js';
import {
  getNamespace,
  getSegment,
  setContextMissingStrategy,
  setSegment,
} from '../../../node_modules/aws-xray-sdk-core/dist/lib/context_utils.js';
import { setDaemonAddress } from '../../../node_modules/aws-xray-sdk-core/dist/lib/daemon_config.js';
// @ts-expect-error The package has no types for it.
import { init } from '../../../node_modules/aws-xray-sdk-core/dist/lib/env/aws_lambda.js';
import { setLogger } from '../../../node_modules/aws-xray-sdk-core/dist/lib/logger.js';
import { captureAWSClient as captureAWSv3Client } from '../../../node_modules/aws-xray-sdk-core/dist/lib/patchers/aws3_p.js';
import Subsegment from '../../../node_modules/aws-xray-sdk-core/dist/lib/segments/attributes/subsegment.js';
import Segment from '../../../node_modules/aws-xray-sdk-core/dist/lib/segments/segment.js';

// As the package itself does when it is loaded.
if (process.env.LAMBDA_TASK_ROOT !== undefined) init();

const sdk = {
  captureAsyncFunc,
  captureAWSv3Client,
  captureFunc,
  getNamespace,
  getSegment,
  Segment,
  setContextMissingStrategy,
  setDaemonAddress,
  setLogger,
  setSegment,
  Subsegment,
};

// biome-ignore lint/style/noDefaultExport: The package is a CommonJS one, and imported so.
export default sdk;
