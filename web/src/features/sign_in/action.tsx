import { Link, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { chooseAnotherPassword, codeOf, proveAddress, useSession } from "../../shared/identity/session";
import { Alert } from "../../shared/ui/alert";
import { Button } from "../../shared/ui/button";
import { Field } from "../../shared/ui/field";
import { Form, secret } from "../../shared/ui/form";
import { Page } from "../../shared/ui/page";
import { say } from "./words";

/** Where the links of our mails lead: another password is chosen, or an address proven, by a code that works once. */
export function Screen() {
  const { mode, code = "" } = useSearch({ strict: false });
  if (mode === "reset" && code) return <Reset code={code} />;
  if (mode === "verify" && code) return <Verify code={code} />;
  return (
    <Page title={say("linkOver")}>
      <Over titled />
    </Page>
  );
}

function Reset({ code }: { code: string }) {
  const redeeming = useRedeeming();
  const send = (form: FormData) => redeeming.redeem(() => chooseAnotherPassword(code, secret(form, "password")));
  return (
    <Page title={say("newPassword")}>
      {redeeming.state === "done" ? (
        <>
          <Alert tone="good">{say("passwordChosen")}</Alert>
          <Link to="/sign-in" className="button main">
            {say("signIn")}
          </Link>
        </>
      ) : redeeming.state === "over" ? (
        <Over />
      ) : (
        <Form onSend={send} className="panel">
          {redeeming.trouble ? <Alert tone="danger">{redeeming.trouble}</Alert> : null}
          <Field
            name="password"
            type="password"
            label={say("password")}
            hint={say("passwordHint")}
            autoComplete="new-password"
            minLength={8}
            required
            autoFocus
          />
          <Button kind="main" type="submit" busy={redeeming.state === "busy"}>
            {say("choosePassword")}
          </Button>
        </Form>
      )}
    </Page>
  );
}

/** By a button and not by the page itself, because programs that look through mail open its links. */
function Verify({ code }: { code: string }) {
  const { state } = useSession();
  const redeeming = useRedeeming();
  return (
    <Page title={say("proveAddress")}>
      {redeeming.state === "done" ? (
        <>
          <Alert tone="good">{say("addressProven")}</Alert>
          <Link to={state === "out" ? "/sign-in" : "/"} className="button main">
            {say(state === "out" ? "signIn" : "goOn")}
          </Link>
        </>
      ) : redeeming.state === "over" ? (
        <Over proves />
      ) : (
        <section className="panel">
          {redeeming.trouble ? <Alert tone="danger">{redeeming.trouble}</Alert> : null}
          <p>{say("proveHint")}</p>
          <Button
            kind="main"
            busy={redeeming.state === "busy"}
            onClick={() => redeeming.redeem(() => proveAddress(code))}
          >
            {say("prove")}
          </Button>
        </section>
      )}
    </Page>
  );
}

/** The code was used, is too old, or never was one: how to come by another. */
function Over({ proves = false, titled = false }: { proves?: boolean; titled?: boolean }) {
  return (
    <>
      <Alert tone="warning" title={titled ? undefined : say("linkOver")}>
        <p>{say(proves ? "proofOverWhy" : "linkOverWhy")}</p>
      </Alert>
      <Link to={proves ? "/me" : "/forgotten"} className="button main">
        {say(proves ? "toMe" : "newLink")}
      </Link>
    </>
  );
}

const OVER = new Set([
  "auth/expired-action-code",
  "auth/invalid-action-code",
  "auth/user-disabled",
  "auth/user-not-found",
]);
const WEAK = new Set(["auth/weak-password", "auth/password-does-not-meet-requirements"]);

function useRedeeming() {
  const [state, setState] = useState<"open" | "busy" | "done" | "over">("open");
  const [trouble, setTrouble] = useState("");
  const redeem = async (take: () => Promise<void>) => {
    setState("busy");
    setTrouble("");
    try {
      await take();
      setState("done");
      return true;
    } catch (error) {
      const code = codeOf(error);
      setState(OVER.has(code) ? "over" : "open");
      if (!OVER.has(code)) setTrouble(say(WEAK.has(code) ? "weak" : "notReached"));
      return false;
    }
  };
  return { state, trouble, redeem };
}
