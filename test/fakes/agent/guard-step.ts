import { startMeter } from '../../../src/meter/start.ts';
import { HANDOVER } from './job.ts';

/** A step that starts a meter, prints its handle and ends. */
const { handle } = await startMeter({
  handover: { ...HANDOVER, startedAt: new Date().toISOString() },
  env: process.env,
  prices: [],
  github: null,
});
process.stdout.write(JSON.stringify(handle));
