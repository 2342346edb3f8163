// The page of each kind of thing.
const FOLDERS: Record<string, string> = {
  change: "/changes",
  document: "/documents",
  training: "/trainings",
  assignment: "/assignments",
  event: "/events",
  investigation: "/investigations",
  capa_plan: "/capa_plans",
  action: "/actions",
  approval_request: "/approvals",
};

export function pathOf(thing: { kind: string; id: string }): string {
  return `${FOLDERS[thing.kind] ?? "/documents"}/${thing.id}`;
}
