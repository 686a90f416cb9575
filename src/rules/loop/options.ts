export interface LoopOptions {
  readonly enabled: boolean;
  readonly talk_turns: number;
  readonly depth: number;
  readonly doublings: number;
  readonly floor: string;
  readonly gap: string;
  readonly turns: number;
  readonly critical_turns: number;
}
