#!/usr/bin/env node
import { helpersAhead } from './app/ingest/ahead.ts';

const helpers = helpersAhead(process.argv.slice(2));
// Everything else is loaded while they start.
const { runProcess } = await import('./app/entry/run-process.ts');
await runProcess(process, helpers);
