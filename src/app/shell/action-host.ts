/** What the runner gives to an action and takes from it. */
export interface ActionHost {
  input(name: string): string;
  output(name: string, value: string): void;
  /** Keeps a value for the end of the job, where the `post` step of the same action reads it. */
  state(name: string, value: string): void;
  /** Sets an environment variable for the later steps of the job. */
  variable(name: string, value: string): void;
  /** Keeps a secret out of the log. */
  mask(secret: string): void;
  error(message: string): void;
  warning(message: string): void;
  summary(markdown: string): Promise<void>;
}
