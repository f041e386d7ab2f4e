import { pipelineFaults } from '../../infra/faults/pipeline-faults.ts';
import { describeAlarms } from './alarm-suite.ts';

describeAlarms(pipelineFaults);
