import { base, en, Faker } from '@faker-js/faker';
import { mix } from './random.ts';

/** Words that objects are put together from. Faker makes a few hundred of each; combining them is cheap at any scale. */
export interface Pools {
  readonly firstNames: readonly string[];
  readonly lastNames: readonly string[];
  readonly companies: readonly string[];
  readonly streets: readonly string[];
  readonly places: readonly { readonly city: string; readonly postalCode: string; readonly stateID: number }[];
  /** What is done and paid for in a house. */
  readonly jobs: readonly string[];
}

const poolSize = 300;

const jobs = [
  'Gutter cleaning',
  'Lawn care',
  'Water and sewer',
  'Carpet replacement',
  'Furnace inspection',
  'Pest control',
  'Lock change',
  'Window repair',
  'Repainting',
];

/** The pools of one seed; the same seed gives the same words. */
export function makePools(seed: number): Pools {
  const faker = new Faker({ locale: [en, base] });
  faker.seed(mix(seed, 7));
  const many = <T>(make: () => T, size = poolSize): T[] => Array.from({ length: size }, make);
  return {
    firstNames: many(() => faker.person.firstName()),
    lastNames: many(() => faker.person.lastName()),
    companies: many(() => faker.company.name(), 120),
    streets: many(() => faker.location.street()),
    places: many(
      () => ({
        city: faker.location.city(),
        postalCode: faker.location.zipCode('#####'),
        stateID: faker.number.int({ min: 1, max: 50 }),
      }),
      40,
    ),
    jobs: many(() => `${faker.helpers.arrayElement(jobs)}, ${faker.location.secondaryAddress()}`, 100),
  };
}
