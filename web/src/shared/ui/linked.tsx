import { Link } from "@tanstack/react-router";
import type { Shape } from "../api/names";
import { kindWord, stepWord } from "../words/vocabulary";
import { pathOf } from "./paths";
import { Status } from "./status";

/** The records that one is linked to: each its title, number, kind and status, and where a change proposes it, the step. */
export function Linked({ links }: { links: readonly Shape<"Link">[] }) {
  return (
    <ul className="linked">
      {links.map((link) => (
        <li key={`${link.type}${link.record.id}${link.step ?? ""}`}>
          <Link to={pathOf(link.record) as string}>{link.record.title}</Link>
          <small className="soft">
            <span className="number">{link.record.number}</span> · {kindWord(link.record.kind)}
            {link.step ? ` · ${stepWord(link.step)}` : null} <Status of={link.record.status} />
          </small>
        </li>
      ))}
    </ul>
  );
}
