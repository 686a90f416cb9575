import { expect, test } from 'vitest';
import { startReceiver } from '../../../test/fakes/channels/receiver.ts';
import { testMeans } from '../../../test/kit/notices.ts';
import { callAddress } from './heartbeat.ts';

test('a heartbeat is one call that says nothing', async () => {
  await using there = await startReceiver(() => ({ status: 200, body: 'OK' }));
  expect(await callAddress({ env: 'BEAT' }, testMeans({ BEAT: `${there.url}/ping/planted` }))).toEqual({
    ok: true,
    receiver: {},
  });
  expect(there.heard).toMatchObject([{ method: 'POST', path: '/ping/planted', body: '{}' }]);
});

test('one that nobody hears tells no address', async () => {
  await using there = await startReceiver(() => ({ status: 404 }));
  const answer = await callAddress({ env: 'BEAT' }, testMeans({ BEAT: `${there.url}/ping/planted` }));
  expect(answer).toMatchObject({ ok: false, retry: false });
  expect(JSON.stringify(answer)).not.toContain('planted');
  expect(await callAddress({ env: 'BEAT' }, testMeans({}))).toMatchObject({ ok: false, retry: false });
});
