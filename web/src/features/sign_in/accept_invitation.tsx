import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { Read } from "../../shared/api/names";
import { useMe } from "../../shared/identity/me";
import { rememberOrganisation } from "../../shared/identity/membership";
import { codeOf, isWrong, signIn, signOut, signUp, useSession } from "../../shared/identity/session";
import { Alert, RefusalAlert } from "../../shared/ui/alert";
import { Button } from "../../shared/ui/button";
import { Field } from "../../shared/ui/field";
import { Form, secret, text } from "../../shared/ui/form";
import { Loaded } from "../../shared/ui/loaded";
import { Page } from "../../shared/ui/page";
import { day } from "../../shared/words/dates";
import { invitation } from "./queries";
import { useAccept } from "./steps";
import { say } from "./words";

export function Screen() {
  const { token = "" } = useSearch({ strict: false });
  const preview = useQuery({ ...invitation(token), enabled: token !== "" });
  if (token === "" || preview.error?.status === 404)
    return (
      <Page title={say("noInvitation")}>
        <p>{say("noInvitationWhy")}</p>
        <p>
          <Link to="/">{say("toSignIn")}</Link>
        </p>
      </Page>
    );
  return (
    <Loaded page of={preview}>
      {(shown) => <Invitation token={token} shown={shown} />}
    </Loaded>
  );
}

function Invitation({ token, shown }: { token: string; shown: Read<"get_invitation_preview"> }) {
  const { state, email } = useSession();
  const accept = useAccept();
  const navigate = useNavigate();
  const me = useMe();
  const join = async () => {
    await me.refetch({ cancelRefetch: false }); // it makes the person, whom two calls at once would make twice
    const joined = await accept.take({ token });
    if (!joined) return false;
    const { data } = await me.refetch();
    if (data) rememberOrganisation(data.id, joined.organisation.id);
    await navigate({ to: "/welcome" });
    return true;
  };
  const { organisation, invited_by, role_in_words, expires_at, email: shortened } = shown;
  return (
    <Page title={say("invitation", { organisation: organisation.name })}>
      <p>
        {say("invitedBy", { name: invited_by.name, role: role_in_words, email: shortened, until: day(expires_at) })}
      </p>
      {state === "in" ? (
        <section className="panel">
          <RefusalAlert refusal={accept.refusal} />
          <p>{say("acceptAs", { email })}</p>
          <div className="actions">
            <Button kind="main" busy={accept.isTaking} onClick={join}>
              {say("accept")}
            </Button>
            <Button kind="quiet" onClick={signOut}>
              {say("otherAccount")}
            </Button>
          </div>
        </section>
      ) : (
        <Account onEntered={join} />
      )}
    </Page>
  );
}

/** One form for both: a new account where the address has none, else a sign-in. */
function Account({ onEntered }: { onEntered: () => Promise<boolean> }) {
  const [trouble, setTrouble] = useState("");
  const [busy, setBusy] = useState(false);
  const send = async (form: FormData) => {
    setBusy(true);
    setTrouble("");
    try {
      await enter(text(form, "email") ?? "", secret(form, "password"));
      await onEntered();
    } catch (error) {
      setTrouble(say(codeOf(error) === "auth/weak-password" ? "weak" : isWrong(error) ? "wrong" : "notReached"));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Form onSend={send} className="panel">
      <p className="soft">{say("accountHint")}</p>
      {trouble ? <Alert tone="danger">{trouble}</Alert> : null}
      <Field name="email" type="email" label={say("address")} autoComplete="username" required />
      <Field
        name="password"
        type="password"
        label={say("password")}
        hint={say("passwordHint")}
        autoComplete="new-password"
        minLength={8}
        required
      />
      <Button kind="main" type="submit" busy={busy}>
        {say("accept")}
      </Button>
    </Form>
  );
}

async function enter(email: string, password: string): Promise<void> {
  try {
    await signUp(email, password);
  } catch (error) {
    if (codeOf(error) !== "auth/email-already-in-use") throw error;
    await signIn(email, password, false);
  }
}
