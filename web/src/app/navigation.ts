// What the navigation shows, in this order: a page, its word, the letter that leads there after `g`, and the function without which it would be
// empty. The palette leads there too, and to what has no place of its own in the navigation.
interface Entry {
  to: string;
  word: "home" | "documents" | "changes" | "approvals" | "events" | "auditTrail" | "members";
  key: string;
  needs?: string;
}

export const NAVIGATION: readonly Entry[] = [
  { to: "/", word: "home", key: "h" },
  { to: "/documents", word: "documents", key: "d", needs: "list_documents" },
  { to: "/changes", word: "changes", key: "c", needs: "list_changes" },
  { to: "/approvals", word: "approvals", key: "a", needs: "approve_request" },
  { to: "/events", word: "events", key: "e", needs: "list_events" },
  { to: "/audit_trail", word: "auditTrail", key: "t", needs: "list_audit_trail" },
  { to: "/members", word: "members", key: "m", needs: "list_members" },
];

interface Further {
  to: string;
  word: "newDocument" | "reportEvent" | "invitations" | "me";
  needs?: string;
}

export const FURTHER: readonly Further[] = [
  { to: "/documents/new", word: "newDocument", needs: "create_document" },
  { to: "/events/new", word: "reportEvent", needs: "report_event" },
  { to: "/invitations", word: "invitations", needs: "invite_member" },
  { to: "/me", word: "me" },
];
