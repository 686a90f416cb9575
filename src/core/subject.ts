/** What an event, a metric or a finding is about. */
export type Subject =
  | { readonly kind: 'repository'; readonly name: string }
  | { readonly kind: 'agent'; readonly name: string }
  | { readonly kind: 'source'; readonly name: string }
  | { readonly kind: 'checkrein'; readonly name: string };

/** The one-word form of a subject for reports and keys: `agent:nightly-fixer`. */
export function subjectKey(subject: Subject): string {
  return `${subject.kind}:${subject.name}`;
}

/** The repository as a subject. */
export function repositorySubject(repo: string): Subject {
  return { kind: 'repository', name: repo };
}

/** An agent as a subject. */
export function agentSubject(name: string): Subject {
  return { kind: 'agent', name };
}
