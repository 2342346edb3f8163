import { Link, useNavigate } from "@tanstack/react-router";
import { queries } from "../shared/api/reads";
import { useLeave } from "../shared/identity/leave";
import { useMe, useMembership } from "../shared/identity/me";
import { rememberOrganisation } from "../shared/identity/membership";
import { Menu } from "../shared/ui/menu";
import { roleWord } from "../shared/words/vocabulary";
import { say } from "./words";

/** The organisation one works in; with several, a choice between them. */
export function OrganisationMenu() {
  const { data: me } = useMe();
  const membership = useMembership();
  const navigate = useNavigate();
  if (!me || !membership) return null;
  const others = me.memberships.filter((each) => each.organisation.id !== membership.organisation.id);
  if (others.length === 0) return <span className="soft organisation">{membership.organisation.name}</span>;
  const turn = async (organisation: string) => {
    rememberOrganisation(me.id, organisation);
    await navigate({ to: "/" });
    queries.clear();
    queries.invalidateQueries();
  };
  return (
    <Menu label={membership.organisation.name} name={`${say("organisation")}: ${membership.organisation.name}`}>
      <p className="soft">{say("otherOrganisations")}</p>
      {others.map(({ organisation }) => (
        <button key={organisation.id} type="button" className="button quiet" onClick={() => turn(organisation.id)}>
          {organisation.name}
        </button>
      ))}
    </Menu>
  );
}

export function AccountMenu() {
  const { data: me } = useMe();
  const membership = useMembership();
  const leave = useLeave();
  const initials = (me?.name ?? "")
    .split(/\s+/)
    .map((word) => word.charAt(0))
    .slice(0, 2)
    .join("");
  return (
    <Menu label={<span className="initials">{initials || "…"}</span>} name={say("account")}>
      {me ? (
        <p>
          <strong>{me.name}</strong>
          <br />
          <span className="soft">{me.email}</span>
          {membership ? (
            <>
              <br />
              <span className="soft">{roleWord(membership.role)}</span>
            </>
          ) : null}
        </p>
      ) : null}
      <Link to="/me" className="button quiet">
        {say("me")}
      </Link>
      <button type="button" className="button quiet" onClick={leave}>
        {say("signOut")}
      </button>
    </Menu>
  );
}
