import { defineConfig, type RolldownOptions } from 'rolldown';
import { declarations } from './scripts/declarations.ts';
import { leanBuiltIns } from './scripts/lean-built-ins.ts';
import { laterPrices, leanPrices, PRICE_LIBRARY } from './scripts/lean-prices.ts';
import { licences } from './scripts/licences.ts';

/** What a thread that helps to read session files needs, but not its program, which runs as soon as it is loaded. */
const IN_THREADS =
  /src\/sources\/sessions\/(?:skim-files?|shared-work|files|head|format|json\/.*|input-hash|claude\/(?:errors|kept-hash)|claude\/transcript\/(?:skim|needed|rows|transcript-row|scan\/.*))\.ts$/;
/** What starts such threads: it comes before everything else. */
const STARTS_THREADS = /src\/sources\/sessions\/(?:helpers|skipped-folders)\.ts$/;
/** What src/track.ts needs of the core, and the little that every command needs of it besides. */
const OF_TRACKING = /src\/core\/(?:error-class|failure|label|nearest|redact|spool-line|text|time)\.ts$/;
/** What of the core a session consists of. */
const OF_ONE_SESSION =
  /src\/core\/(?:canonical|hash|money|quantity|session|sketch)\.ts$|node_modules[\\/]@datadog[\\/]/;
/** What the command line needs whatever the command is. */
const OF_SHELL =
  /src\/(?:app\/(?:entry\/(?:command-line|commands|help|run-cli)|[a-z]+\/(?:[a-z]+-)?docs?|shell\/(?:command-doc|ending|flags|progress|version|world|screen|did-you-mean|present-moment|config-path|quoted|agent-option|plain-output))|surfaces\/terminal\/(?:bar|paint|progress))\.ts$/;
/** What runs inside the programs of others. */
const IN_OTHER_PROGRAMS = /src\/track[./]/;
/** What `ingest` needs for transcripts that it can put together at once, and what that shares with the general way. */
const OF_FOLDED =
  /src\/sources\/(?:sessions\/(?:finish-reading|claude\/transcript\/shares)|prices\/(?:genai-prices|plans))\.ts$|node_modules[\\/]@pydantic[\\/]/;
const OF_SESSIONS = /src\/sources\/sessions\/collect\.ts$/;
/** Records of other kinds than transcripts, and zips: transcripts must not pay for them. */
const OF_OTHER_FORMATS = /src\/sources\/(?:sessions\/(?!skim-thread|helpers)|zip\/)/;
/**
 * The toolkit of the runner brings two HTTP clients with it, for calls of its that we never make: half a megabyte before the first line of
 * ours. Loading these packages does nothing by itself, so that what is not called of them is left out.
 */
const TOOLKIT = /node_modules[\\/](?:@actions|undici|tunnel)[\\/]/;

/** `guard-action` for src/app/guard/action.ts: many folders of the app have a file of that name. */
function commandOf(path: string): string | null {
  const [, folder, name] = /src[\\/]app[\\/]([a-z-]+)[\\/]([a-z-]+)\.ts$/.exec(path) ?? [];
  return folder === undefined ? null : `${folder}-${name}`;
}

const program: RolldownOptions = {
  input: {
    action: 'src/action.ts',
    cli: 'src/cli.ts',
    post: 'src/post.ts',
    track: 'src/track.ts',
    meter: 'src/meter.ts',
    'skim-thread': 'src/sources/sessions/skim-thread.ts',
  },
  platform: 'node',
  transform: { target: 'node20' },
  // What would write sketches in another program's format, which we never do.
  external: [/^\.\.\/proto\/compiled$/],
  treeshake: { moduleSideEffects: [{ test: TOOLKIT, sideEffects: false }] },
  plugins: [
    laterPrices(),
    leanBuiltIns(IN_OTHER_PROGRAMS),
    licences('licences.txt'),
    declarations('src/track.ts', 'track.d.ts'),
  ],
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: ({ facadeModuleId }) => `chunks/${commandOf(facadeModuleId ?? '') ?? '[name]'}.js`,
    cleanDir: true,
    minify: true,
    codeSplitting: {
      // Names that stay the same from build to build for the parts that are loaded only when they are needed.
      groups: [
        // What reading session files needs lies together: each file more that is opened takes longer than reading what is in it.
        // `track` runs inside the programs of others, which must not load more than it needs.
        { name: 'tracking', test: OF_TRACKING, priority: 4 },
        { name: 'session-core', test: OF_ONE_SESSION, priority: 4 },
        { name: 'core', test: /src[\\/]core[\\/]/, priority: 3 },
        // With all that events are folded into: the files of it would take longer to find than to read.
        { name: 'state', test: /src[\\/]app[\\/]state\.ts$/, priority: 3 },
        // What every command needs to begin with.
        { name: 'shell', test: OF_SHELL, priority: 3 },
        { name: 'helpers', test: STARTS_THREADS, priority: 3 },
        { name: 'skim', test: IN_THREADS, priority: 2 },
        { name: 'folded', test: OF_FOLDED, priority: 2 },
        { name: 'sessions', test: OF_SESSIONS, priority: 1 },
        { name: 'formats', test: OF_OTHER_FORMATS },
        {
          name: 'postgres',
          test: /node_modules[\\/](?:kysely|pg|pg-[a-z-]+|pgpass|postgres-[a-z]+|split2|xtend)[\\/]/,
        },
        {
          name: 'anthropic',
          test: /node_modules[\\/](?:@anthropic-ai|standardwebhooks|@stablelib|fast-sha256|@opentelemetry)[\\/]/,
        },
        { name: 'yaml', test: /node_modules[\\/]yaml[\\/]/ },
        { name: 'zod', test: /node_modules[\\/]zod[\\/]/, priority: 1 },
      ],
    },
  },
};

/** Apart from the program and in the older format, so that it can be loaded in the middle of reading: see laterPrices. */
const priceLibrary: RolldownOptions = {
  input: { [PRICE_LIBRARY]: PRICE_LIBRARY },
  platform: 'node',
  transform: { target: 'node20' },
  plugins: [leanPrices()],
  output: { dir: 'dist/chunks', format: 'cjs', entryFileNames: '[name].cjs', minify: true },
};

const options: RolldownOptions[] = defineConfig([program, priceLibrary]);

export default options;
