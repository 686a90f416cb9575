/** Variables of the repository, as workflows read them from `vars`. No token of a job may read or write them by the API. */
export interface VariablesApi {
  /** Null when there is no such variable. */
  get(name: string): Promise<string | null>;
  create(name: string, value: string): Promise<void>;
  change(name: string, value: string): Promise<void>;
  remove(name: string): Promise<void>;
}
