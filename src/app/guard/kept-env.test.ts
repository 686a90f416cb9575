import { describe, expect, test } from 'vitest';
import { homesIn, keptEnv, unbent } from './kept-env.ts';

const BEGINNING = { PATH: '/bin', HOME: '/home/a', HTTPS_PROXY: 'http://proxy:3128', LD_LIBRARY_PATH: '/lib/a' };

describe('the environment of the beginning', () => {
  test('is taken again where later steps changed what bends a program', () => {
    const end = {
      ...{ PATH: '/bin', HOME: '/home/b', HTTPS_PROXY: 'http://agent:1', NODE_EXTRA_CA_CERTS: '/tmp/ca.pem' },
      ...{ LD_PRELOAD: '/tmp/a.so', MAKEFLAGS: '-j', https_proxy: 'http://agent:2' },
    };
    expect(unbent(end, keptEnv(BEGINNING))).toEqual({
      env: {
        PATH: '/bin',
        HOME: '/home/b',
        MAKEFLAGS: '-j',
        HTTPS_PROXY: 'http://proxy:3128',
        LD_LIBRARY_PATH: '/lib/a',
      },
      names: 'HTTPS_PROXY, LD_LIBRARY_PATH, LD_PRELOAD, NODE_EXTRA_CA_CERTS, https_proxy',
    });
  });

  test.each([
    ['nothing that matters was changed', { ...BEGINNING, HOME: '/home/b', FOO: 'x' }, keptEnv(BEGINNING)],
    ['nothing was kept', { ...BEGINNING, LD_PRELOAD: '/tmp/a.so' }, ''],
  ])('is not needed where %s', (_name, end, kept) => {
    expect(unbent(end, kept)).toBeNull();
  });

  test('tells where engines keep their sessions', () => {
    expect(homesIn(keptEnv({ ...BEGINNING, CODEX_HOME: '/c', TOKEN: 'x' }))).toEqual({
      HOME: '/home/a',
      CODEX_HOME: '/c',
    });
    expect(homesIn('')).toEqual({});
  });

  test('holds no secret that a job may have: tokens of registries, keys and the address of a database', () => {
    const env = {
      NODE_AUTH_TOKEN: 'a',
      CHECKREIN_DATABASE_URL: 'b',
      CHECKREIN_SIGNING_KEY: 'c',
      ANTHROPIC_API_KEY: 'd',
    };
    expect(keptEnv(env)).toBe('{}');
  });
});
