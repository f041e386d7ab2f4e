import { mkdirSync, writeFileSync } from 'node:fs';
import { allDashboards } from './all-dashboards.ts';
import { grafanaFiles, grafanaNames } from './grafana.ts';

/** Writes Grafana's dashboards, to be imported there. */
mkdirSync('grafana', { recursive: true });
for (const [file, text] of grafanaFiles(allDashboards(grafanaNames))) {
  writeFileSync(`grafana/${file}`, text);
  console.log(`grafana/${file}`);
}
