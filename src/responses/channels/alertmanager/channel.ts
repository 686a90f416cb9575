import type { Notice, NoticeAlert, ReceiverData } from '../../../core/notice.ts';
import type { Severity } from '../../../core/outcome.ts';
import type { Channel } from '../channel.ts';
import { delivered } from '../delivery.ts';
import { readSecret } from '../environment.ts';
import { messageOf } from '../message.ts';
import { post } from '../post.ts';
import { type PostableAlert, postableAlerts, testAlert } from './payload.ts';
import type { AlertmanagerSettings } from './settings.ts';

/**
 * An Alertmanager. It identifies alerts by their labels, so a repeated message is still one alert. Digests are not sent to
 * it.
 */
export const alertmanager: Channel<AlertmanagerSettings> = {
  type: 'alertmanager',
  secrets: ({ url, token }) => [{ key: 'url', name: url }, ...(token === null ? [] : [{ key: 'token', name: token }])],
  send: async (notice, previous, settings, line) => {
    const url = readSecret(settings.url, line.means);
    if (!url.ok) return url.failure;
    const token = settings.token === null ? null : readSecret(settings.token, line.means);
    if (token !== null && !token.ok) return token.failure;
    const alerts = alertsOf(notice, previous, settings);
    if (alerts.length > 0) {
      const answer = await post(
        {
          url: `${url.value.replace(/\/+$/, '')}/api/v2/alerts`,
          name: `the Alertmanager in ${settings.url.env}`,
          headers: token === null ? {} : { authorization: `Bearer ${token.value}` },
          body: JSON.stringify(alerts),
          repeatable: true,
        },
        line,
      );
      if (!answer.ok) return answer;
    }
    return delivered({ ...previous, ...severitiesOf(notice) });
  },
};

function alertsOf(
  notice: Notice,
  previous: ReceiverData | null,
  { hold }: AlertmanagerSettings,
): readonly PostableAlert[] {
  if (notice.kind === 'digest') return [];
  if (notice.kind === 'test') return [testAlert(notice, messageOf(notice).lines.join(' '))];
  return postableAlerts(notice, hold, (alert) => severityIn(previous?.[nameOf(alert)]));
}

/** The severity under which Alertmanager knows each alert now. */
function severitiesOf({ alerts }: Notice): ReceiverData {
  return Object.fromEntries(alerts.map((alert) => [nameOf(alert), alert.severity]));
}

function nameOf({ fingerprint }: NoticeAlert): string {
  return `severity:${fingerprint.slice(0, 16)}`;
}

function severityIn(text: string | undefined): Severity | null {
  return text === 'info' || text === 'warning' || text === 'critical' ? text : null;
}
