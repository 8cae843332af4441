/**
 * Several authorities over random losses, delays, crashes and equivocation. More seeds:
 * `COUNCIL_SEEDS=50 npm run test:long -- packages/relay/test/authority/council-simulation.long.test.ts`.
 */
import { testCouncils } from '../support/council-cases.ts';

testCouncils({ seeds: Number(process.env['COUNCIL_SEEDS'] ?? 3), epochs: 6 });
