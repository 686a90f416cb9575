import { defineConfig, type RolldownOptions } from 'rolldown';

const options: RolldownOptions = defineConfig({
  input: { action: 'src/action.ts', cli: 'src/cli.ts' },
  platform: 'node',
  transform: { target: 'node20' },
  external: ['protobufjs/minimal'],
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    cleanDir: true,
    minify: true,
    codeSplitting: {
      groups: [{ name: 'prices', test: /node_modules[\\/]@pydantic/ }],
    },
  },
});

export default options;
