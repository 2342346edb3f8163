import { useQuery } from "@tanstack/react-query";
import { read } from "../api/reads";
import { useMay } from "../identity/me";
import { say } from "./words";

const MOST = 100;
const NAMED = 3;

/** Who can help where one's role doesn't reach, or nothing is found: the admins, by name. */
export function WhoHelps() {
  const may = useMay();
  const members = useQuery({
    ...read("organisations", "list_members", { status: "active", limit: MOST }),
    enabled: may("list_members"),
  });
  const admins = (members.data?.items ?? []).filter((each) => each.admin).map((each) => each.name);
  if (admins.length === 0) return null;
  return <p>{say("whoHelps", { names: admins.slice(0, NAMED).join(", ") })}</p>;
}
