import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";
import { queries } from "../../shared/api/reads";
import { markShared } from "../../shared/identity/idle";
import { codeOf, isWrong, signIn, useSession } from "../../shared/identity/session";
import { Alert } from "../../shared/ui/alert";
import { Button } from "../../shared/ui/button";
import { Choices } from "../../shared/ui/choice";
import { Field } from "../../shared/ui/field";
import { Form, secret, text } from "../../shared/ui/form";
import { Page } from "../../shared/ui/page";
import { Redirect } from "../../shared/ui/redirect";
import { settings } from "./queries";
import { say } from "./words";

const SHARED = "shared";

export function Screen() {
  const { to = "/", as } = useSearch({ strict: false });
  const { state, email } = useSession();
  const { enter, trouble, busy } = useEntry();
  const { data } = useQuery(settings);
  const demo = data?.demo;
  const asked = demo?.people.find((person) => person.email === as);
  useEffect(() => {
    if (demo && asked) enter(asked.email, demo.password, false);
  }, [demo, asked, enter]);
  if (state === "in" && (!asked || email === asked.email)) return <Redirect to={to} />;

  const send = (form: FormData) =>
    enter(text(form, "email") ?? "", secret(form, "password"), form.get("device") === SHARED);
  return (
    <Page title={say("signIn")}>
      <Form onSend={send} className="panel">
        {trouble ? <Alert tone="danger">{trouble}</Alert> : null}
        <Field name="email" type="email" label={say("address")} autoComplete="username" required autoFocus />
        <Field name="password" type="password" label={say("password")} autoComplete="current-password" required />
        <Choices
          name="device"
          legend=""
          several
          options={[{ value: SHARED, label: say("shared"), hint: say("sharedHint") }]}
        />
        <Button kind="main" type="submit" busy={busy}>
          {say("signIn")}
        </Button>
        <Link to="/forgotten">{say("forgotten")}</Link>
      </Form>
      {demo ? (
        <section className="panel">
          <h2>{say("demo")}</h2>
          <p className="soft">{say("demoHint")}</p>
          {demo.people.map((person) => (
            <button
              key={person.email}
              type="button"
              className="row demo"
              onClick={() => enter(person.email, demo.password, false)}
            >
              <span>
                {person.name}
                <small>{person.says}</small>
              </span>
            </button>
          ))}
        </section>
      ) : null}
    </Page>
  );
}

function useEntry() {
  const [trouble, setTrouble] = useState("");
  const [busy, setBusy] = useState(false);
  const enter = useCallback(async (email: string, password: string, shared: boolean) => {
    setBusy(true);
    setTrouble("");
    queries.clear(); // nothing of who was here before
    markShared(shared);
    try {
      await signIn(email, password, shared);
    } catch (error) {
      if (isWrong(error)) setTrouble(say("wrong"));
      else setTrouble(say(codeOf(error) === "auth/too-many-requests" ? "locked" : "notReached"));
    } finally {
      setBusy(false);
    }
  }, []);
  return { enter, trouble, busy };
}
