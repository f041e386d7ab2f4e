import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { allDashboards } from './all-dashboards.ts';
import { grafanaFiles, grafanaNames } from './grafana.ts';

/** Writes Grafana's dashboards anew; run it after any change of what is shown. */
const folder = fileURLToPath(new URL('./grafana/', import.meta.url));
mkdirSync(folder, { recursive: true });
for (const [file, text] of grafanaFiles(allDashboards(grafanaNames))) {
  writeFileSync(folder + file, text);
  console.log(`infra/dashboards/grafana/${file}`);
}
