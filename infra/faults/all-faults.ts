import type { AlarmFault } from './fault.ts';
import { pipelineFaults } from './pipeline-faults.ts';
import { platformFaults } from './platform-faults.ts';
import { rentvineFaults } from './rentvine-faults.ts';

/** One for each alarm of the monitoring stack. */
export const allFaults: readonly AlarmFault[] = [...pipelineFaults, ...rentvineFaults, ...platformFaults];
