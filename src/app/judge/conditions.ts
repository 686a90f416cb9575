import type { AlertPolicies } from '../../alerts/policy.ts';
import type { Config } from '../../config/schema.ts';
import { varsOf } from '../../config/vars.ts';
import type { Facts } from '../../core/facts.ts';
import type { Routes } from '../../core/notice-terms.ts';
import { HOUR } from '../../core/time.ts';
import type { MetricTree } from '../../metrics/current.ts';
import { measureServers } from '../../metrics/servers.ts';
import type { Conditions } from '../../rules/conditions/judge.ts';
import { asksForServers } from '../../rules/conditions/rule.ts';
import type { GivenRules } from '../job.ts';

/** People's rules, with everything they name. */
export function conditionsOf(config: Config): Conditions {
  return { rules: config.alerts.rules, vars: varsOf(config) };
}

/** How patient the alerts of people's rules are, by name of the rule. */
export function policiesOf({ alerts, policy }: Config): AlertPolicies {
  return Object.fromEntries(
    alerts.rules.map(({ name, severity, mode, for: wait, keepFiringFor, minObservations, noData }) => [
      name,
      {
        for: wait,
        // Twice the time between two runs, so that a flickering condition stays one episode.
        keepFiringFor: mode === 'event' ? 0 : (keepFiringFor ?? 2 * policy.interval),
        mode,
        minObservations,
        noData,
        maxGap: Math.max(3 * policy.interval, HOUR),
        severity,
      },
    ]),
  );
}

/** Where messages about the alerts of people's rules go, by name of the rule. */
function routesOf({ alerts }: Config): Routes {
  return Object.fromEntries(
    alerts.rules.map(({ name, channels, escalation, runbook }) => [name, { channels, escalation, runbook }]),
  );
}

/** What rules outside the program bring with them. */
export function givenRules(config: Config): GivenRules {
  return { policies: policiesOf(config), routes: routesOf(config) };
}

/** The MCP servers, if a rule asks for them; null otherwise, since their calls were not read. */
export function serversIn(facts: Facts, { alerts }: Config): MetricTree | null {
  return alerts.rules.some(asksForServers) ? measureServers(facts) : null;
}
