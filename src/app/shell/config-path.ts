/** The default path of a repository's configuration. */
export const CONFIG_PATH = '.github/checkrein.yml';
