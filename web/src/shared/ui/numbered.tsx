import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import { read } from "../api/reads";
import { useMay } from "../identity/me";
import { pathOf } from "./paths";

const NUMBER = /\b([A-Z][A-Z0-9]*-\d{4}-\d{4,})\b/;

/** A sentence whose record numbers lead to their records: what stands in the way is one click away. */
export function Numbered({ children }: { children: string }) {
  return children.split(NUMBER).map((part, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a piece of a sentence has no other name than its place
    <Fragment key={at}>{at % 2 === 1 ? <ByNumber number={part} /> : part}</Fragment>
  ));
}

function ByNumber({ number }: { number: string }) {
  const may = useMay();
  const hits = useQuery({
    ...read("records", "search_records", { q: number, limit: 5 }),
    enabled: may("search_records"),
    placeholderData: undefined,
  });
  const found = hits.data?.items.find((each) => each.number === number);
  return found ? <Link to={pathOf(found)}>{number}</Link> : number;
}
