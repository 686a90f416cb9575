import { wakeMeter } from '../../../src/meter/start.ts';
import { HANDOVER } from './job.ts';

/** A step that starts a meter, prints its handle and ends. */
const { handle } = await wakeMeter(process.env).begin({
  handover: { ...HANDOVER, startedAt: new Date().toISOString() },
  prices: [],
  github: null,
});
process.stdout.write(JSON.stringify(handle));
