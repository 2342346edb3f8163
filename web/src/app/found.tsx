// What the palette finds: at once among the pages and the steps of what is open, a moment later among records and people.
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { Read } from "../shared/api/names";
import { read } from "../shared/api/reads";
import { useMay } from "../shared/identity/me";
import type { Group, Option } from "../shared/ui/combobox";
import { offersNow } from "../shared/ui/offered";
import { pathOf } from "../shared/ui/paths";
import { Status } from "../shared/ui/status";
import { kindWord, roleWord } from "../shared/words/vocabulary";
import { FURTHER, NAVIGATION } from "./navigation";
import { say } from "./words";

interface Entry extends Option {
  act: () => void;
}
type Hit = Read<"search_records">["items"][number];
type Member = Read<"list_members">["items"][number];

const LEAST = 2; // letters, from which on the server is asked
const TYPING = 120; // milliseconds after the last key
const [RECORDS, PEOPLE] = [8, 5];

export function useFound(typed: string, onKeys: () => void): { groups: Group<Entry>[]; isAsking: boolean } {
  const may = useMay();
  const navigate = useNavigate();
  const [offers] = useState(offersNow);
  const asked = useSettled(typed);
  const asks = typed.length >= LEAST && asked.length >= LEAST;
  const records = useQuery({
    ...read("records", "search_records", { q: asked, limit: RECORDS }),
    enabled: asks && may("search_records"),
  });
  const people = useQuery({
    ...read("organisations", "list_members", { q: asked, status: "active", limit: PEOPLE }),
    enabled: asks && may("list_members"),
  });
  const pages = [...NAVIGATION, ...FURTHER]
    .filter((entry) => !entry.needs || may(entry.needs))
    .map(({ to, word }): Entry => ({ id: `page ${to}`, label: say(word), act: () => navigate({ to }) }));
  const steps = offers.map(({ word, act }): Entry => ({ id: `step ${word}`, label: word, act }));
  const help: Entry = { id: "keys", label: say("keys"), act: onKeys };
  const hits = asks ? (records.data?.items ?? []).filter((hit) => hit.kind !== "person") : [];
  const members = asks ? (people.data?.items ?? []) : [];
  const groups = [
    { label: say("steps"), options: fitting(steps, typed) },
    { label: say("pages"), options: fitting([...pages, help], typed) },
    { label: say("records"), options: hits.map((hit) => record(hit, () => navigate({ to: pathOf(hit) }))) },
    {
      label: say("people"),
      options: members.map((one) => person(one, () => navigate({ to: "/members", search: { q: one.name } }))),
    },
  ];
  return {
    groups: groups.filter(({ options }) => options.length > 0),
    isAsking: typed.length >= LEAST && (typed !== asked || records.isFetching || people.isFetching),
  };
}

function record(hit: Hit, act: () => void): Entry {
  const label = (
    <>
      <span>
        <span className="number soft">{hit.number}</span> {hit.title}
      </span>
      <Status of={hit.status} />
    </>
  );
  return { id: hit.id, label, hint: [kindWord(hit.kind), hit.excerpt].filter(Boolean).join(" · "), act };
}

function person(member: Member, act: () => void): Entry {
  return { id: member.id, label: member.name, hint: roleWord(member.role), act };
}

/** Each word that was typed begins a word of the entry; accents don't count. */
function fitting(entries: Entry[], typed: string): Entry[] {
  const wanted = plain(typed).split(/\s+/).filter(Boolean);
  return entries.filter(({ label }) => {
    const words = plain(String(label)).split(/[\s’'-]+/);
    return wanted.every((each) => words.some((word) => word.startsWith(each)));
  });
}

function plain(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/** What was typed, once the typing has paused. */
function useSettled(typed: string): string {
  const [settled, setSettled] = useState(typed);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(typed), TYPING);
    return () => window.clearTimeout(timer);
  }, [typed]);
  return settled;
}
