import type { PlaceFigures } from '../../../shared/business/figures.ts';
import { latestFigures } from '../../../shared/store/business-figures.ts';
import { latestPlaceFigures } from '../../../shared/store/place-figures.ts';
import { command } from '../command.ts';
import { oneOf, option } from '../options.ts';
import { formatTable } from '../text-table.ts';

export const figures = command({
  name: 'figures',
  help: 'Shows vacancy and rent roll as last computed, of the whole account or of each property or portfolio.',
  options: { by: option('<place>', 'property or portfolio', oneOf(['property', 'portfolio']).optional()) },
  async run({ options, platform, account, print }) {
    const name = await account();
    const { state } = platform();
    const latest = await latestFigures(state, name);
    const { occupancy } = latest ?? {};
    const places = options.by === undefined ? [] : await latestPlaceFigures(state, name, options.by);
    print({ ...latest, ...(options.by !== undefined && { by: options.by, places }) }, () => {
      if (latest === undefined || occupancy === undefined) {
        return 'There are no figures yet: they are computed a few times a day once leases and units were read in full.';
      }
      const rows = options.by === undefined ? [{ id: name, ...occupancy }] : places;
      const source = occupancy.rentRollSource === 'recurringCharges' ? 'current recurring charges' : "the units' rents";
      return `${formatTable(rows.map(rowOf))}\n\nMeasured at ${latest.measuredAt}; the rent roll comes from ${source}.`;
    });
    return 0;
  },
});

const rowOf = ({ id, units, occupied, vacant, vacancyRate, rentRollCents }: PlaceFigures) => ({
  id,
  units,
  occupied,
  vacant,
  vacancy: vacancyRate === undefined ? '' : `${vacancyRate.toFixed(1)} %`,
  rentRoll: rentRollCents === undefined ? 'not known' : (rentRollCents / 100).toFixed(2),
});
