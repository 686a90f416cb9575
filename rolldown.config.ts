import { defineConfig, type RolldownOptions } from 'rolldown';
import { declarations } from './scripts/declarations.ts';
import { licences } from './scripts/licences.ts';

const options: RolldownOptions = defineConfig({
  input: {
    action: 'src/action.ts',
    cli: 'src/cli.ts',
    track: 'src/track.ts',
    'skim-thread': 'src/sources/sessions/skim-thread.ts',
  },
  platform: 'node',
  transform: { target: 'node20' },
  external: ['protobufjs/minimal'],
  plugins: [licences('licences.txt'), declarations('src/track.ts', 'track.d.ts')],
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    cleanDir: true,
    minify: true,
    codeSplitting: {
      // Names that stay the same from build to build for the parts that are loaded only when they are needed.
      groups: [
        {
          name: 'postgres',
          test: /node_modules[\\/](?:kysely|pg|pg-[a-z-]+|pgpass|postgres-[a-z]+|split2|xtend)[\\/]/,
        },
        { name: 'prices', test: /node_modules[\\/]@pydantic[\\/]/ },
        { name: 'yaml', test: /node_modules[\\/]yaml[\\/]/ },
        { name: 'zod', test: /node_modules[\\/]zod[\\/]/ },
      ],
    },
  },
});

export default options;
