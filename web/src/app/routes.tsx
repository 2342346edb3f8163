// The one table of routes. A screen is a line: its address, the area whose words it needs, and the file that exports `Screen`.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { loadWords } from "../shared/words/say";
import { Broken, NotFound } from "./fallbacks";
import { Alone, Shell } from "./shell";

type File = () => Promise<{ Screen: ComponentType }>;

/** A screen's own code and words, those of what it shares too, loaded when somebody goes there. */
function screen(area: string, file: File, ...shared: string[]) {
  return { component: lazyRouteComponent(file, "Screen"), loader: () => loadWords(area, ...shared) };
}

/** Of the search part of the address, what a screen knows; everything is text, and what is left out isn't there. */
function searched<Name extends string>(...names: Name[]) {
  return (search: Record<string, unknown>): { [N in Name]?: string } => {
    const found: { [N in Name]?: string } = {};
    for (const name of names) if (search[name] !== undefined && search[name] !== "") found[name] = String(search[name]);
    return found;
  };
}

const root = createRootRoute();
const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });
const alone = createRoute({ getParentRoute: () => root, id: "alone", component: Alone });
const inside = () => shell;
const outside = () => alone;

/** Every kind of record has the same history, comparison and links. */
function ofRecord<const Folder extends string>(folder: Folder) {
  return [
    createRoute({
      getParentRoute: inside,
      path: `${folder}/$id/history`,
      ...screen("records", () => import("../features/records/history")),
    }),
    createRoute({
      getParentRoute: inside,
      path: `${folder}/$id/compare`,
      validateSearch: searched("from", "to"),
      ...screen("records", () => import("../features/records/compare")),
    }),
    createRoute({
      getParentRoute: inside,
      path: `${folder}/$id/links`,
      validateSearch: searched("view"),
      ...screen("records", () => import("../features/records/links")),
    }),
  ];
}

const routes = [
  alone.addChildren([
    createRoute({
      getParentRoute: outside,
      path: "/sign-in",
      validateSearch: searched("to", "as"),
      ...screen("sign_in", () => import("../features/sign_in/sign_in")),
    }),
    createRoute({
      getParentRoute: outside,
      path: "/forgotten",
      ...screen("sign_in", () => import("../features/sign_in/forgotten")),
    }),
    createRoute({
      getParentRoute: outside,
      path: "/account/action",
      validateSearch: searched("mode", "code"),
      ...screen("sign_in", () => import("../features/sign_in/action")),
    }),
    createRoute({
      getParentRoute: outside,
      path: "/accept-invitation",
      validateSearch: searched("token"),
      ...screen("sign_in", () => import("../features/sign_in/accept_invitation")),
    }),
    createRoute({
      getParentRoute: outside,
      path: "/welcome",
      validateSearch: searched("to"),
      ...screen("sign_in", () => import("../features/sign_in/welcome")),
    }),
  ]),
  shell.addChildren([
    createRoute({ getParentRoute: inside, path: "/", ...screen("home", () => import("../features/home/home")) }),
    createRoute({
      getParentRoute: inside,
      path: "/documents",
      validateSearch: searched("q", "status", "type", "team"),
      ...screen("documents", () => import("../features/documents/documents")),
    }),
    createRoute({
      getParentRoute: inside,
      path: "/changes",
      validateSearch: searched("status", "mine"),
      ...screen("changes", () => import("../features/changes/changes")),
    }),
    createRoute({
      getParentRoute: inside,
      path: "/changes/$id",
      ...screen("changes", () => import("../features/changes/change"), "change", "signing"),
    }),
    createRoute({
      getParentRoute: inside,
      path: "/approvals/{-$id}", // one screen, so that it stays while one goes through the queue
      ...screen("approvals", () => import("../features/approvals/approvals"), "change", "signing"),
    }),
    createRoute({
      getParentRoute: inside,
      path: "/documents/new",
      ...screen("documents", () => import("../features/documents/new_document")),
    }),
    createRoute({
      getParentRoute: inside,
      path: "/documents/$id",
      validateSearch: searched("version"),
      ...screen("documents", () => import("../features/documents/reader"), "signing"),
    }),
    createRoute({
      getParentRoute: inside,
      path: "/assignments/$id",
      ...screen("trainings", () => import("../features/trainings/assignment"), "signing"),
    }),
    createRoute({
      getParentRoute: inside,
      path: "/events",
      validateSearch: searched("status", "type", "severity"),
      ...screen("events", () => import("../features/events/events")),
    }),
    createRoute({
      getParentRoute: inside,
      path: "/events/new",
      ...screen("events", () => import("../features/events/new_event")),
    }),
    createRoute({
      getParentRoute: inside,
      path: "/events/$id",
      ...screen("events", () => import("../features/events/event"), "signing"),
    }),
    ...ofRecord("/documents"),
    ...ofRecord("/trainings"),
    ...ofRecord("/events"),
    ...ofRecord("/investigations"),
    ...ofRecord("/capa_plans"),
    createRoute({
      getParentRoute: inside,
      path: "/audit_trail",
      validateSearch: searched("record", "person", "from", "to"),
      ...screen("audit_trail", () => import("../features/audit_trail/audit_trail")),
    }),
    createRoute({
      getParentRoute: inside,
      path: "/members",
      validateSearch: searched("q", "status"),
      ...screen("organisations", () => import("../features/organisations/members")),
    }),
    createRoute({
      getParentRoute: inside,
      path: "/invitations",
      ...screen("organisations", () => import("../features/organisations/invitations")),
    }),
    createRoute({
      getParentRoute: inside,
      path: "/me",
      ...screen("organisations", () => import("../features/organisations/me"), "signing"),
    }),
    createRoute({
      getParentRoute: inside,
      path: "/gallery",
      ...screen("ui", () => import("../features/gallery/gallery")),
    }),
    createRoute({ getParentRoute: inside, path: "$", component: NotFound }),
  ]),
];

export const router = createRouter({
  routeTree: root.addChildren(routes),
  defaultPreload: "intent", // a screen's code and words only: what it reads is asked for when it is shown
  defaultErrorComponent: Broken,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
