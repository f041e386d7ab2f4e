import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { cdkJsonContext } from './cdk-context.ts';
import { readSettings } from './settings.ts';
import { CoreStack } from './stacks/core-stack.ts';
import { MonitoringStack } from './stacks/monitoring-stack.ts';

/** Declares every stack of the app, and the checks that they have to pass at synthesis. */
export const declareStacks = (app: App): void => {
  const settings = readSettings((key) => app.node.tryGetContext(key));
  const { account, region } = settings;
  const env = { ...(account !== undefined && { account }), ...(region !== undefined && { region }) };
  const core = new CoreStack(app, `${settings.prefix}-core`, { settings, env });
  const monitoring = new MonitoringStack(app, `${settings.prefix}-monitoring`, { settings, env });
  monitoring.addStackDependency(core);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
};

export interface SynthesizeOptions {
  /** Directory for the assembly; created if needed. */
  readonly outdir: string;
  /** Context on top of `cdk.json`, as `-c` would give it: `{ stage: 'test' }`. */
  readonly context?: Readonly<Record<string, unknown>>;
}

/**
 * Synthesizes the app in this process: the templates and bundles that `cdk deploy` would deploy.
 *
 * @returns the directory of the cloud assembly, with `manifest.json` in it
 * @throws ConfigurationError for a wrong context key; Error when bundling fails or a check does not pass
 */
export const synthesize = ({ outdir, context = {} }: SynthesizeOptions): string => {
  const app = new App({
    outdir,
    analyticsReporting: false,
    // CloudFormation's own rules take four of five seconds of a synthesis. `cdk synth` and `cdk deploy`, which come by
    // another way, check them.
    builtinCloudFormationValidation: false,
    context: { ...cdkJsonContext(), ...context },
  });
  declareStacks(app);
  return app.synth().directory;
};
