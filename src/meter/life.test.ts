import { describe, expect, test } from 'vitest';
import { MINUTE } from '../core/time.ts';
import { type AgentLife, agentLife } from './life.ts';

const START = Date.UTC(2026, 10, 22);
const GONE = { found: false, known: true };

function minutesAfter(minutes: number, live: (life: AgentLife) => void): number {
  const life = agentLife();
  live(life);
  return life.minutes(at(minutes));
}

function at(minutes: number): number {
  return START + minutes * MINUTE;
}

describe('the minutes of an agent', () => {
  test.each<[string, number, (life: AgentLife) => void]>([
    ['are none before it has begun', 0, (life) => life.looked({ found: false, known: false }, at(5))],
    ['count from when it was heard', 55, (life) => life.heard(at(5))],
    ['count from when a process was found', 55, (life) => life.looked({ found: true, known: true }, at(5))],
    [
      'end with its last sign once its process is gone',
      10,
      (life) => {
        life.looked({ found: true, known: true }, at(5));
        life.heard(at(15));
        life.looked(GONE, at(20));
        life.looked(GONE, at(40));
      },
    ],
    [
      'go on when it comes back',
      55,
      (life) => {
        life.heard(at(5));
        life.looked(GONE, at(20));
        life.heard(at(50));
      },
    ],
    [
      'go on while it is silent, as long as a process of it is found',
      55,
      (life) => {
        life.heard(at(5));
        life.looked({ found: true, known: true }, at(50));
      },
    ],
    [
      'go on where its own process was never seen',
      55,
      (life) => {
        life.heard(at(5));
        life.looked({ found: false, known: false }, at(50));
      },
    ],
  ])('%s', (_name, minutes, live) => {
    expect(minutesAfter(60, live)).toBeCloseTo(minutes);
  });
});
