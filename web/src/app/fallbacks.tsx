// What is shown instead of a screen.
import { Link } from "@tanstack/react-router";
import { Button } from "../shared/ui/button";
import { Page } from "../shared/ui/page";
import { say } from "./words";

export function NotFound() {
  return (
    <Page title={say("notFound")} narrow>
      <p>{say("notFoundWhy")}</p>
      <p>
        <Link to="/">{say("home")}</Link>
      </p>
    </Page>
  );
}

export function Broken() {
  return (
    <Page title={say("broken")} narrow>
      <p>{say("brokenWhy")}</p>
      <p>
        <Reload />
      </p>
    </Page>
  );
}

/** Before anything else works: the identity service or our own settings couldn't be reached. */
export function NotReached() {
  return (
    <div className="alone">
      <main>
        <h1>{say("notReached")}</h1>
        <p>{say("notReachedWhy")}</p>
        <Reload />
      </main>
    </div>
  );
}

function Reload() {
  return (
    <Button kind="main" onClick={() => window.location.reload()}>
      {say("reload")}
    </Button>
  );
}
