/** A secret of a kind that people paste into prompts, logs and names. None is real, and none stands in a file as a whole. */
export interface PlantedSecret {
  readonly kind: string;
  /** As it is planted: the secret with what makes it known as one. */
  readonly text: string;
  /** The part that must appear nowhere. */
  readonly core: string;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DIGITS = '0123456789';
const MIXED = `${LETTERS}${LETTERS.toLowerCase()}${DIGITS}`;

/** Letters and digits that are the same in every run and look like none of a word. */
function noise(length: number, alphabet: string = MIXED, seed: number = 7): string {
  let state = seed;
  let text = '';
  while (text.length < length) {
    // A linear congruential step; the constants are those of "Numerical Recipes".
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    text += alphabet[Math.floor((state / 4_294_967_296) * alphabet.length)];
  }
  return text;
}

/** A secret that is known by how it begins. */
function prefixed(kind: string, start: readonly string[], length: number, alphabet?: string): PlantedSecret {
  const core = noise(length, alphabet, kind.length + length);
  return { kind, text: `${start.join('')}${core}`, core };
}

/** A secret that is known by what stands around it. */
function framed(kind: string, core: string, before: readonly string[], after: readonly string[] = []): PlantedSecret {
  return { kind, text: `${before.join('')}${core}${after.join('')}`, core };
}

const DASHES = '-'.repeat(5);

/** Twenty kinds, put together here so that no scanner takes a file of ours for a leak. */
export const PLANTED_SECRETS: readonly PlantedSecret[] = [
  prefixed('GitHub token', ['gh', 'p_'], 36),
  prefixed('GitHub fine-grained token', ['github', '_pat_'], 60),
  prefixed('Anthropic key', ['sk-', 'ant-', 'api03-'], 60),
  prefixed('OpenAI key', ['sk-', 'proj-'], 48),
  prefixed('AWS key', ['AK', 'IA'], 16, `${LETTERS}${DIGITS}`),
  prefixed('Slack token', ['xo', 'xb-', '1'.repeat(11), '-'], 24),
  framed('Slack webhook', noise(24), ['https://hooks.', 'slack.com/services/', 'T0AB12CD3/B0AB12CD3/']),
  framed('Discord webhook', noise(60), ['https://discord.', 'com/api/webhooks/', '1'.repeat(18), '/']),
  framed('JSON web token', noise(40), ['ey', 'J', noise(20), '.', 'ey', 'J', noise(24), '.']),
  prefixed('npm token', ['np', 'm_'], 36),
  prefixed('PyPI token', ['py', 'pi-'], 60),
  prefixed('Google key', ['AI', 'za'], 35),
  prefixed('Stripe key', ['sk_', 'live_'], 24),
  prefixed('GitLab token', ['gl', 'pat-'], 20),
  prefixed('SendGrid key', ['S', 'G.', noise(22), '.'], 43),
  prefixed('Hugging Face token', ['h', 'f_'], 34),
  framed(
    'private key',
    noise(64),
    [`${DASHES}BEGIN RSA PRIV`, `ATE KEY${DASHES}\n`],
    [`\n${DASHES}END RSA PRIV`, `ATE KEY${DASHES}`],
  ),
  framed('password in an address', noise(14), ['postgres:', '//app:'], ['@db.internal:5432/x']),
  framed('bearer header', noise(32), ['Authorization: ', 'Bearer ']),
  framed('e-mail address', `jane.${noise(8).toLowerCase()}`, [], ['@mail.example.org']),
];
