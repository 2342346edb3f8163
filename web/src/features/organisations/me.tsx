import { useLeave } from "../../shared/identity/leave";
import { type Me, type Membership, useMe, useMembership } from "../../shared/identity/me";
import { Policy } from "../../shared/signing/policy";
import { Alert } from "../../shared/ui/alert";
import { Button } from "../../shared/ui/button";
import { Choice, Choices } from "../../shared/ui/choice";
import { Field } from "../../shared/ui/field";
import { Form, text } from "../../shared/ui/form";
import { Loaded } from "../../shared/ui/loaded";
import { Page, Section } from "../../shared/ui/page";
import { Unproven } from "../../shared/ui/unproven";
import { day } from "../../shared/words/dates";
import { LANGUAGES, turnTo } from "../../shared/words/say";
import { roleWord } from "../../shared/words/vocabulary";
import { Letters } from "./letters";
import { useProfile } from "./steps";
import { Tellings } from "./tellings";
import { say } from "./words";
import "./me.css";

/** What one says of oneself, how one is told, and what one's signature says. */
export function Screen() {
  const me = useMe();
  const membership = useMembership();
  const leave = useLeave();
  return (
    <Loaded page of={me}>
      {(person) => (
        <Page title={say("me")} above={person.email} action={<Button onClick={leave}>{say("signOut")}</Button>}>
          <Unproven />
          <Profile me={person} />
          {membership ? <Signing membership={membership} /> : null}
          <Mail me={person} />
          <Letters />
          {membership?.role ? <Tellings membership={membership} /> : null}
        </Page>
      )}
    </Loaded>
  );
}

function Profile({ me }: { me: Me }) {
  const profile = useProfile();
  const send = async (form: FormData) => {
    const [name, language, zone] = [text(form, "name"), text(form, "language"), text(form, "time_zone")];
    const done = await profile.take(
      { ...(name ? { name } : {}), ...(language ? { language } : {}), ...(zone ? { time_zone: zone } : {}) },
      me.etag,
    );
    if (done && language) turnTo(language);
    return done;
  };
  const zones = [...new Set([me.time_zone, ...Intl.supportedValuesOf("timeZone")])].sort();
  return (
    <Section title={say("profile")}>
      <Form
        onSend={send}
        refusal={profile.refusal}
        now={{ name: me.name, language: me.language, time_zone: me.time_zone }}
      >
        <Field
          name="name"
          label={say("name")}
          hint={say("nameHint")}
          autoComplete="name"
          defaultValue={me.name}
          required
        />
        <Choice
          name="language"
          label={say("language")}
          empty={null}
          defaultValue={me.language}
          options={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
        />
        <Choice
          name="time_zone"
          label={say("zone")}
          empty={null}
          defaultValue={me.time_zone}
          options={zones.map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") }))}
        />
        {profile.done && !profile.isTaking ? <Alert tone="good">{say("saved")}</Alert> : null}
        <div className="actions">
          <Button kind="main" type="submit" busy={profile.isTaking}>
            {say("save")}
          </Button>
        </div>
      </Form>
    </Section>
  );
}

/** The name beside one's signatures, and the policy by which one signs: to be accepted before the first. */
function Signing({ membership }: { membership: Membership }) {
  const { printed_name, policy_accepted_at, organisation, role_until } = membership;
  return (
    <Section title={say("signing")}>
      <dl className="pairs">
        <dt>{say("organisation")}</dt>
        <dd>{organisation.name}</dd>
        <dt>{say("role")}</dt>
        <dd>
          {roleWord(membership.role)}
          {membership.admin ? ` · ${say("admin")}` : null}
          {role_until ? ` · ${say("until", { day: day(role_until) })}` : null}
        </dd>
        <dt>{say("printedName")}</dt>
        <dd>{printed_name ?? say("printedNone")}</dd>
        <dt>{say("policy")}</dt>
        <dd>{policy_accepted_at ? say("policyAccepted", { day: day(policy_accepted_at) }) : say("policyOpen")}</dd>
      </dl>
      {membership.role && !policy_accepted_at ? <Policy /> : null}
    </Section>
  );
}

const OPTIONAL_MAIL = ["early_reminders", "document_reviews"] as const;

/** A tick is mail that comes; the server keeps what doesn't. */
function Mail({ me }: { me: Me }) {
  const profile = useProfile();
  const send = (form: FormData) => {
    const wanted = form.getAll("unsubscribed");
    return profile.take({ unsubscribed: OPTIONAL_MAIL.filter((each) => !wanted.includes(each)) }, me.etag);
  };
  return (
    <Section title={say("mail")}>
      <Form
        onSend={send}
        refusal={profile.refusal}
        now={{ unsubscribed: OPTIONAL_MAIL.filter((each) => !me.unsubscribed.includes(each)) }}
      >
        <Choices
          name="unsubscribed"
          legend={say("mailHint")}
          several
          defaultValue={OPTIONAL_MAIL.filter((each) => !me.unsubscribed.includes(each))}
          options={OPTIONAL_MAIL.map((value) => ({
            value,
            label: say(`mail_${value}`),
            hint: say(`mail_${value}_hint`),
          }))}
        />
        {profile.done && !profile.isTaking ? <Alert tone="good">{say("saved")}</Alert> : null}
        <Button type="submit" busy={profile.isTaking}>
          {say("save")}
        </Button>
      </Form>
    </Section>
  );
}
