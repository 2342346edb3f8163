import { useQuery } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { type Me, type Membership, useMe, useMembership } from "../../shared/identity/me";
import { rememberOrganisation } from "../../shared/identity/membership";
import { signOut, useSession } from "../../shared/identity/session";
import { RefusalAlert } from "../../shared/ui/alert";
import { Button } from "../../shared/ui/button";
import { Choice } from "../../shared/ui/choice";
import { Field } from "../../shared/ui/field";
import { Form, text } from "../../shared/ui/form";
import { Loaded } from "../../shared/ui/loaded";
import { Page } from "../../shared/ui/page";
import { Redirect } from "../../shared/ui/redirect";
import { Unproven } from "../../shared/ui/unproven";
import { LANGUAGES, turnTo } from "../../shared/words/say";
import { organisation } from "./queries";
import { useFounding, usePolicy, useProfile } from "./steps";
import { say } from "./words";

/** Whatever is missing before one can work: a name, an organisation, the signing policy. */
export function Screen() {
  const { state } = useSession();
  const { to = "/" } = useSearch({ strict: false });
  const me = useMe();
  const membership = useMembership();
  if (state === "out") return <Redirect to="/sign-in" />;
  return (
    <Loaded page of={me}>
      {(person) => {
        if (!person.name) return <Profile />;
        if (!membership) return <NoOrganisation me={person} />;
        if (!membership.policy_accepted_at && membership.role) return <Policy membership={membership} to={to} />;
        return <Redirect to={to} />;
      }}
    </Loaded>
  );
}

function Profile() {
  const profile = useProfile();
  const send = async (form: FormData) => {
    const [name, language, zone] = [text(form, "name"), text(form, "language"), text(form, "time_zone")];
    const done = await profile.take({
      ...(name ? { name: name } : {}),
      ...(language ? { language: language } : {}),
      ...(zone ? { time_zone: zone } : {}),
    });
    if (done && language) turnTo(language);
    return done;
  };
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zones = Intl.supportedValuesOf("timeZone").map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") }));
  return (
    <Page title={say("welcome")}>
      <p>{say("aboutYou")}</p>
      <Form onSend={send} refusal={profile.refusal} className="panel">
        <Field name="name" label={say("name")} hint={say("nameHint")} autoComplete="name" required />
        <Choice
          name="language"
          label={say("language")}
          empty={null}
          defaultValue={document.documentElement.lang}
          options={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
        />
        <Choice name="time_zone" label={say("zone")} empty={null} defaultValue={here} options={zones} />
        <Button kind="main" type="submit" busy={profile.isTaking}>
          {say("goOn")}
        </Button>
      </Form>
    </Page>
  );
}

function Policy({ membership, to }: { membership: Membership; to: string }) {
  const policy = usePolicy();
  const { history } = useRouter();
  const read = useQuery(organisation());
  const goOn = () => history.replace(to);
  const accept = async () => {
    if (await policy.take({})) goOn();
  };
  return (
    <Page title={say("policy")}>
      <p>{say("policyHint", { organisation: membership.organisation.name })}</p>
      <Loaded of={read} lines={2}>
        {(shown) => (
          <section className="panel">
            <blockquote>{String(shown.settings.signing_policy ?? "")}</blockquote>
            <RefusalAlert refusal={policy.refusal} />
            <div className="actions">
              <Button kind="main" busy={policy.isTaking} onClick={accept}>
                {say("iAccept")}
              </Button>
              <Button kind="quiet" onClick={goOn}>
                {say("later")}
              </Button>
            </div>
          </section>
        )}
      </Loaded>
    </Page>
  );
}

function NoOrganisation({ me }: { me: Me }) {
  const founding = useFounding();
  const send = async (form: FormData) => {
    const founded = await founding.take({ name: text(form, "name") ?? "" });
    if (founded) rememberOrganisation(me.id, founded.organisation.id);
    return founded;
  };
  return (
    <Page title={say("noOrganisation")}>
      <p>{say("noOrganisationHint")}</p>
      <Unproven />
      <Form onSend={send} refusal={founding.refusal} className="panel">
        <Field name="name" label={say("organisationName")} required />
        <div className="actions">
          <Button kind="main" type="submit" busy={founding.isTaking}>
            {say("found")}
          </Button>
          <Button kind="quiet" onClick={signOut}>
            {say("signOut")}
          </Button>
        </div>
      </Form>
    </Page>
  );
}
