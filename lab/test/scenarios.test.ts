/** The ten scenarios in simulated time; e2e/scenarios.test.ts runs the same over sockets. */
import { test } from 'node:test';
import { LabStage } from '../src/scenarios/lab-stage.ts';
import { SCENARIOS } from '../src/scenarios/list.ts';

for (const scenario of SCENARIOS) {
  test(`scenario: ${scenario.name}`, async () => {
    await scenario.run(new LabStage(scenario.name));
  });
}
