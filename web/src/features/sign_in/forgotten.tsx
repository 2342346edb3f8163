import { Link } from "@tanstack/react-router";
import { Alert } from "../../shared/ui/alert";
import { Button } from "../../shared/ui/button";
import { Field } from "../../shared/ui/field";
import { Form, text } from "../../shared/ui/form";
import { Page } from "../../shared/ui/page";
import { language } from "../../shared/words/say";
import { usePasswordMail } from "./steps";
import { say } from "./words";

/** The same answer for every address: it doesn't tell who has an account. */
export function Screen() {
  const mail = usePasswordMail();
  const send = (form: FormData) => mail.take({ email: text(form, "email") ?? "", language: language() });
  return (
    <Page title={say("newPassword")}>
      {mail.done ? (
        <Alert tone="good">{say("sent")}</Alert>
      ) : (
        <Form onSend={send} refusal={mail.refusal} className="panel">
          <p className="soft">{say("newPasswordHint")}</p>
          <Field name="email" type="email" label={say("address")} autoComplete="username" required />
          <Button kind="main" type="submit" busy={mail.isTaking}>
            {say("send")}
          </Button>
        </Form>
      )}
      <Link to="/sign-in">{say("back")}</Link>
    </Page>
  );
}
