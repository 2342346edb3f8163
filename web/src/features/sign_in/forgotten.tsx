import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { mailNewPassword } from "../../shared/identity/session";
import { Alert } from "../../shared/ui/alert";
import { Button } from "../../shared/ui/button";
import { Field } from "../../shared/ui/field";
import { Form, text } from "../../shared/ui/form";
import { Page } from "../../shared/ui/page";
import { say } from "./words";

export function Screen() {
  const [sent, setSent] = useState(false);
  const send = async (form: FormData) => {
    await mailNewPassword(text(form, "email") ?? "").catch(() => undefined); // the same answer for every address
    setSent(true);
  };
  return (
    <Page title={say("newPassword")}>
      {sent ? (
        <Alert tone="good">{say("sent")}</Alert>
      ) : (
        <Form onSend={send} className="panel">
          <p className="soft">{say("newPasswordHint")}</p>
          <Field name="email" type="email" label={say("address")} autoComplete="username" required />
          <Button kind="main" type="submit">
            {say("send")}
          </Button>
        </Form>
      )}
      <Link to="/sign-in">{say("back")}</Link>
    </Page>
  );
}
