import { describe, expect, test } from 'vitest';
import { growth, LINEAR } from '../../test/kit/growth.ts';
import { errorClassOf, keptErrorClass } from './error-class.ts';

describe('the class of an error', () => {
  test.each([
    ['connect ECONNREFUSED 10.0.0.7:443', 'ECONNREFUSED'],
    ['Error: read ETIMEDOUT at Socket', 'ETIMEDOUT'],
    ['Request failed with status code 404', 'http_404'],
    ['HTTP 503: try again', 'http_503'],
    ['HTTP/1.1 429 Too Many Requests', 'http_429'],
    ['{"status": 500, "body": "…"}', 'http_500'],
    // JSON-RPC 2.0, section 5.1: method not found.
    ['MCP error -32601: Method not found', 'rpc_32601'],
    ['TypeError: x is not a function', 'TypeError'],
    ['Uncaught java.io.IOException', 'other'],
    ['IOException: broken', 'IOException'],
    ['command exited with code 137', 'exit_137'],
    ['The operation timed out after 30 s', 'timeout'],
    ['API rate limit exceeded for user 7', 'rate_limited'],
    ['Permission denied (publickey)', 'denied'],
    ['No such table: users', 'not_found'],
    ['The user aborted a request.', 'cancelled'],
    ['Unexpected token < in JSON', 'invalid'],
    ['fetch failed', 'network'],
    ['Der Server mag nicht', 'other'],
    ['', 'other'],
  ])('of %j is %s', (message, expected) => {
    expect(errorClassOf(message)).toBe(expected);
  });

  test('holds nothing else of the message, whatever stands in it', () => {
    const secret = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz';
    for (const message of [secret, `password=hunter2 ${secret}`, `Error: ${secret} timed out`, `x@y.test not found`]) {
      expect(keptErrorClass(errorClassOf(message))).toBe(errorClassOf(message));
      expect(errorClassOf(message)).not.toMatch(/ghp_|hunter2|x@y/);
    }
  });

  test.each(['Error', 'status ', 'a', ' ', '-32', 'exited with '])(
    'of a very long message of %j is found in linear time',
    (unit) => {
      expect(growth((size) => errorClassOf(unit.repeat(size)), 125_000)).toBeLessThan(LINEAR);
    },
  );
});

describe('a class that somebody else wrote', () => {
  test.each([
    ['ETIMEDOUT', 'ETIMEDOUT'],
    ['http_404', 'http_404'],
    ['a sentence with a secret', 'other'],
    ['x'.repeat(41), 'other'],
    ['@everyone', 'other'],
    ['', 'other'],
  ])('%j is kept as %s', (text, expected) => {
    expect(keptErrorClass(text)).toBe(expected);
  });
});
