import { Link, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";

interface Tab {
  name: string;
  label: ReactNode;
}

interface Props {
  label: string;
  tabs: readonly Tab[];
  current: string;
  /** The tab stands in the address, so that a link leads to it: the search parameter that holds it. */
  parameter?: string;
}

/** Parts of a page, each with an address of its own: links, as the platform has them. */
export function Tabs({ label, tabs, current, parameter = "tab" }: Props) {
  const to = (name: string) =>
    ({ to: ".", search: (former: object) => ({ ...former, [parameter]: name }) }) as LinkProps;
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map(({ name, label: shown }) => (
        <Link key={name} {...to(name)} aria-current={name === current ? "page" : undefined} replace>
          {shown}
        </Link>
      ))}
    </nav>
  );
}
