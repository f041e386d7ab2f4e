import { App } from 'aws-cdk-lib';
import { declareStacks } from './synth.ts';

const app = new App({ analyticsReporting: false });
declareStacks(app);
app.synth();
