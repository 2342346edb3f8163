// What the navigation shows, in this order: a page, its word, and the function without which it would be empty.
interface Entry {
  to: string;
  word: "home" | "documents" | "changes" | "approvals" | "events" | "auditTrail" | "members";
  needs?: string;
}

export const NAVIGATION: readonly Entry[] = [
  { to: "/", word: "home" },
  { to: "/documents", word: "documents", needs: "list_documents" },
  { to: "/changes", word: "changes", needs: "list_changes" },
  { to: "/approvals", word: "approvals", needs: "approve_request" },
  { to: "/events", word: "events", needs: "list_events" },
  { to: "/audit_trail", word: "auditTrail", needs: "list_audit_trail" },
  { to: "/members", word: "members", needs: "list_members" },
];
