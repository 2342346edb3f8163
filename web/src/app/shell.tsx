// The frame around every screen, and who may be in it.
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { useIdleSignOut } from "../shared/identity/idle";
import { useMay, useMe, useMembership } from "../shared/identity/me";
import { useSession } from "../shared/identity/session";
import { Loaded } from "../shared/ui/loaded";
import { Redirect } from "../shared/ui/redirect";
import { inZone } from "../shared/words/dates";
import { turnTo } from "../shared/words/say";
import { AccountMenu, OrganisationMenu } from "./account_menu";
import { Bell } from "./bell";
import icon from "./icon.svg";
import { NAVIGATION } from "./navigation";
import { SignInAgain } from "./sign_in_again";
import { say } from "./words";

/** Signing in, invitations and the welcome stand alone. */
export function Alone() {
  return (
    <div className="alone">
      <header className="brand">
        <img src={icon} alt="" /> QFacts
      </header>
      <main>
        <Outlet />
      </main>
    </div>
  );
}

export function Shell() {
  const { state } = useSession();
  const { pathname, searchStr } = useLocation();
  useIdleSignOut();
  if (state === "out") return <Redirect to="/sign-in" back={pathname + searchStr} />;
  return (
    <>
      <Inside />
      {state === "expired" ? <SignInAgain /> : null}
    </>
  );
}

function Inside() {
  const me = useMe();
  const membership = useMembership();
  const { pathname, searchStr } = useLocation();
  const [language, zone] = [me.data?.language, me.data?.time_zone];
  useEffect(() => {
    if (language) turnTo(language);
    if (zone) inZone(zone);
  }, [language, zone]);
  if (me.data && (!me.data.name || !membership)) return <Redirect to="/welcome" back={pathname + searchStr} />;
  return (
    <div className="shell">
      <div>
        <a className="skip" href="#content">
          {say("skip")}
        </a>
      </div>
      <header className="bar">
        <Link to="/" className="brand">
          <img src={icon} alt="" /> QFacts
        </Link>
        <OrganisationMenu />
        {membership ? <Bell /> : null}
        <AccountMenu />
      </header>
      <Navigation />
      <main id="content" tabIndex={-1}>
        <Offline />
        {membership ? <Outlet key={membership.organisation.id} /> : <Loaded of={me}>{() => null}</Loaded>}
      </main>
    </div>
  );
}

function Navigation() {
  const may = useMay();
  const list = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is another current entry
  useEffect(() => {
    const current = list.current?.querySelector("[aria-current]");
    current?.scrollIntoView({ block: "nearest", inline: "nearest" }); // on a phone the entries scroll
  }, [pathname]);
  return (
    <nav ref={list} className="nav" aria-label={say("navigation")}>
      <ul>
        {NAVIGATION.filter((entry) => !entry.needs || may(entry.needs)).map(({ to, word }) => (
          <li key={to}>
            <Link
              to={to}
              activeOptions={{ exact: to === "/", includeSearch: false }}
              activeProps={{ "aria-current": "page" }}
            >
              {say(word)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Offline() {
  const online = useSyncExternalStore(watchConnection, () => navigator.onLine);
  return online ? null : (
    <div className="band" role="status">
      {say("offline")}
    </div>
  );
}

function watchConnection(tell: () => void): () => void {
  window.addEventListener("online", tell);
  window.addEventListener("offline", tell);
  return () => {
    window.removeEventListener("online", tell);
    window.removeEventListener("offline", tell);
  };
}
