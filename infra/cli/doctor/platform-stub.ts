import { awsStub } from '../../../test/aws-stub.ts';
import { Platform } from '../../platform/platform.ts';

type Handler = ReturnType<typeof awsStub>['requestHandler'];

/**
 * A deployed stage `prod` for the tests of checks.
 *
 * @param services who answers for each AWS service, by the first part of its host's name; others must not be asked
 */
export function deployedPlatform(services: Readonly<Record<string, { readonly requestHandler: Handler }>>): Platform {
  const clientConfig = {
    ...awsStub(() => ({})),
    requestHandler: {
      async handle(request: Parameters<Handler['handle']>[0] & { readonly hostname: string }) {
        const service = services[request.hostname.split('.')[0] ?? ''];
        if (service === undefined) throw new Error(`${request.hostname} must not be asked.`);
        return service.requestHandler.handle(request);
      },
    },
  };
  return new Platform({ stage: 'prod', clientConfig });
}
