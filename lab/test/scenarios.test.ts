/** The ten scenarios in simulated time; `npm run e2e -- scenarios` plays the same over sockets. */
import { test } from 'node:test';
import { LabStage } from '../src/scenarios/lab-stage.ts';
import { SCENARIOS } from '../src/scenarios/list.ts';

for (const scenario of SCENARIOS) {
  test(`scenario: ${scenario.name}`, async () => {
    await scenario.run(new LabStage(scenario.name));
  });
}
