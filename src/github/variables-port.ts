/**
 * Variables of the repository, which workflows read from `vars`. A job's token may not read or write them through the API.
 */
export interface VariablesApi {
  /** Null when there is no such variable. */
  get(name: string): Promise<string | null>;
  create(name: string, value: string): Promise<void>;
  change(name: string, value: string): Promise<void>;
  remove(name: string): Promise<void>;
}
