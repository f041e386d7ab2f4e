import { platformFaults } from '../../infra/faults/platform-faults.ts';
import { describeAlarms } from './alarm-suite.ts';

describeAlarms(platformFaults);
