import { useState } from "react";
import { queries } from "../shared/api/reads";
import { isWrong, signInAnew, signOut, useSession } from "../shared/identity/session";
import { Alert } from "../shared/ui/alert";
import { Button } from "../shared/ui/button";
import { Dialog } from "../shared/ui/dialog";
import { Field } from "../shared/ui/field";
import { Form, secret } from "../shared/ui/form";
import { say } from "./words";

/** The session ended under somebody's hands: the same person goes on where they were, over the page. */
export function SignInAgain() {
  const { email } = useSession();
  const [wrong, setWrong] = useState(false);
  const [busy, setBusy] = useState(false);
  const send = async (data: FormData) => {
    setBusy(true);
    try {
      await signInAnew(secret(data, "password"));
      await queries.invalidateQueries();
    } catch (error) {
      setWrong(isWrong(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={say("signInAgain")} onClose={() => undefined} steady>
      <p>{say("expired")}</p>
      <Form onSend={send}>
        {wrong ? <Alert tone="danger">{say("wrongPassword")}</Alert> : null}
        <input type="hidden" name="email" autoComplete="username" value={email} readOnly />
        <Field
          name="password"
          type="password"
          label={say("password")}
          hint={email}
          autoComplete="current-password"
          required
        />
        <div className="actions">
          <Button kind="main" type="submit" busy={busy}>
            {say("goOn")}
          </Button>
          <Button kind="quiet" onClick={signOut}>
            {say("someoneElse")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
