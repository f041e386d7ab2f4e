import { rentvineFaults } from '../../infra/faults/rentvine-faults.ts';
import { describeAlarms } from './alarm-suite.ts';

describeAlarms(rentvineFaults);
