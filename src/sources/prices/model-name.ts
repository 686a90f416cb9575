/** The seller prefixes that gateways and clouds put before a model's name. */
const SELLERS =
  /^(?:(?:publishers\/[\w-]+\/)?models|anthropic|openai|google|gemini|vertex_ai|bedrock|azure|azure_ai|x-ai|xai|mistralai|mistral|deepseek|meta-llama|qwen)\//;

const REGIONS = /^(?:us-gov|us|eu|apac|au|jp|ca|global|regional)\.(?=[a-z])/;
const CLOUD_VENDORS = /^(?:anthropic|amazon|meta|mistral|cohere|ai21|deepseek|openai|qwen)\.(?=[a-z])/;

/** Suffixes that do not change which model is meant: context size, date, edition, `latest`. */
const ENDINGS: readonly RegExp[] = [
  /\[\d+m\]$/,
  /:\d+(?::\w+)?$/,
  /-v\d+$/,
  /@(?:\d{8}|latest|default)$/,
  /-(?:latest|default)$/,
  /-\d{4}-\d{2}-\d{2}$/,
  /-20\d{6}$/,
  /-0\d{2}$/,
  /-(?:preview|exp)(?:-\d{2}-\d{2,4}|-\d{4})?$/,
];

/** No priced model has a longer name. */
const MAX_NAME = 200;

/** The name without the gateway, cloud or region before it. Empty if it is too long to be a name. */
export function withoutSeller(model: string): string {
  if (model.length > MAX_NAME) return '';
  const name = model.startsWith('arn:') ? model.slice(model.lastIndexOf('/') + 1) : model;
  return [SELLERS, REGIONS, CLOUD_VENDORS].reduce((rest, start) => rest.replace(start, ''), name);
}

/** The name without date, edition and context size. */
export function withoutEnding(model: string): string {
  let name = model;
  for (let before = ''; before !== name; ) {
    before = name;
    name = ENDINGS.reduce((rest, ending) => rest.replace(ending, ''), name);
  }
  return name;
}

/**
 * The name of a model without seller, date and edition, and with dashes for dots. Two spellings of one model are equal, a model and
 * its successor (`claude-sonnet-5`, `claude-sonnet-5-5`) are not. Empty if it is too long to be a name.
 */
export function bareModel(model: string): string {
  return withoutEnding(withoutSeller(model.toLowerCase())).replaceAll('.', '-');
}
