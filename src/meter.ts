import { meterProcess } from './meter/process.ts';

await meterProcess();
