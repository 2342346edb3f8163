import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { Signing, signatureLine } from "../../shared/signing/signing";
import type { Outcome } from "../../shared/signing/use_signing";
import { Alert } from "../../shared/ui/alert";
import { useKeys } from "../../shared/ui/keys";
import { Loaded } from "../../shared/ui/loaded";
import { useOffers } from "../../shared/ui/offered";
import { Empty, Page } from "../../shared/ui/page";
import { stepWord } from "../../shared/words/vocabulary";
import "./approvals.css";
import { APPLIES, follows, MEANINGS, type Meaning, stepMeaning, toSign, WORDS } from "./deciding";
import { queue, request as requestRead } from "./queries";
import { Queue } from "./queue";
import { RequestShown } from "./request";
import { Several } from "./several";
import { useChosen } from "./use_chosen";
import { say } from "./words";

/** The queue of approvals, one of them opened beside it: the first, until another is chosen; it stays open when the queue moves. */
export function Screen() {
  const list = useQuery(queue());
  const params: { id?: string } = useParams({ strict: false });
  const items = [...(list.data?.items ?? [])].sort((one, other) => one.expires_at.localeCompare(other.expires_at));
  const navigate = useNavigate();
  const [id, first] = [params.id, items[0]?.id];
  const [said, setSaid] = useState("");
  const [arrives, setArrives] = useState(0);
  const [taking, setTaking] = useState<{ ids: readonly string[]; meaning: Meaning }>();
  const chosen = useChosen(items.map((each) => each.id));
  const open = (to: string) => navigate({ to: "/approvals/{-$id}", params: { id: to }, replace: true });
  useEffect(() => {
    if (!id && first) open(first);
  });
  const go = (to: string) => {
    setArrives((former) => former + 1);
    open(to);
  };
  useKeys({ x: { word: say("chooseOne"), act: () => (id ? chosen.turn(id, false) : undefined) } });
  const signed = (outcomes: ReadonlyMap<string, Outcome>) => {
    const isDone = (each: { id: string }) => outcomes.get(each.id)?.isSigned;
    const next = items.find((each) => !isDone(each));
    const done = [...outcomes.values()].filter((each) => each.isSigned).length;
    const left = outcomes.size - done;
    const line = left > 0 ? say("someSigned", { done, left }) : say("allSigned", { count: done });
    setTaking(undefined);
    chosen.clear();
    setSaid(`${line} ${next ? say("toNext", { title: next.title }) : say("noneLeft")}`);
    if (next) go(next.id);
  };
  return (
    <Page title={say("title")}>
      <div role="status">{said ? <Alert tone="good">{said}</Alert> : null}</div>
      <div className="approvals">
        <Loaded of={list} lines={6}>
          {() =>
            items.length > 0 ? (
              <Queue
                items={items}
                selected={id}
                chosen={chosen}
                onTake={(meaning) => setTaking({ ids: chosen.ids, meaning })}
              />
            ) : (
              <Empty>{say("nothing")}</Empty>
            )
          }
        </Loaded>
        {id ? <Opened key={id} id={id} queue={items} arrives={arrives} onGo={go} onSaid={setSaid} /> : null}
      </div>
      <p className="soft mouse">{say("keys")}</p>
      {taking ? <Several {...taking} onClose={() => setTaking(undefined)} onSigned={signed} /> : null}
    </Page>
  );
}

interface Props {
  id: string;
  queue: readonly { id: string; title: string }[];
  /** How often one came here by a key or after signing: the heading takes the focus each time. */
  arrives: number;
  onGo: (id: string) => void;
  onSaid: (line: string) => void;
}

function Opened({ id, queue: waiting, arrives, onGo, onSaid }: Props) {
  const opened = useQuery({ ...requestRead(id), placeholderData: undefined });
  const heading = useRef<HTMLHeadingElement>(null);
  const [meaning, setMeaning] = useState<Meaning>();
  const request = opened.data;
  const step = request && meaning ? stepMeaning(request, meaning) : undefined;
  const at = waiting.findIndex((each) => each.id === id);

  const move = (by: number) => {
    const to = waiting[at + by];
    if (to) onGo(to.id);
  };
  const take = (what: Meaning) => {
    if (request?.status === "open" && stepMeaning(request, what)?.open) setMeaning(what);
  };
  useKeys({
    j: { word: say("nextOne"), act: () => move(1) },
    k: { word: say("formerOne"), act: () => move(-1) },
    n: { word: say("nextDifference"), act: () => toDifference(1) },
    p: { word: say("formerDifference"), act: () => toDifference(-1) },
    a: { word: stepWord(WORDS.approved), act: () => take("approved") },
    r: { word: stepWord(WORDS.rejected), act: () => take("rejected") },
    c: { word: say("writeComment"), act: writeComment },
  });
  const open = MEANINGS.filter((what) => request?.status === "open" && stepMeaning(request, what)?.open);
  useOffers(open.map((what) => ({ word: stepWord(WORDS[what]), act: () => take(what) })));
  useEffect(() => {
    if (arrives && request?.id) heading.current?.focus();
  }, [arrives, request?.id]);
  const signed = (line: string) => {
    const next = waiting[at + 1] ?? waiting[at - 1];
    setMeaning(undefined);
    onSaid(`${line} ${next ? say("toNext", { title: next.title }) : say("noneLeft")}`);
    if (next) onGo(next.id);
  };
  return (
    <Loaded of={opened} lines={10}>
      {(shown) => (
        <>
          <RequestShown key={shown.id} request={shown} heading={heading} onTake={take} />
          {step ? (
            <Signing
              title={stepWord(step.step)}
              subjects={[toSign(shown, meaning ?? "approved")]}
              reason={step.needs_reason ? "needed" : undefined}
              follows={step.open ? follows(shown, step) : undefined}
              refreshes={APPLIES}
              onClose={() => setMeaning(undefined)}
              onSigned={(outcomes) => {
                const signature = outcomes.get(shown.id)?.signature;
                signed(`${shown.number}: ${signature ? signatureLine(signature) : ""}`);
              }}
            />
          ) : null}
        </>
      )}
    </Loaded>
  );
}

function toDifference(by: number): void {
  const all = [...document.querySelectorAll<HTMLElement>(".request .differing")];
  const at = all.findIndex((each) => each.contains(document.activeElement));
  const next = at === -1 && by < 0 ? all.length - 1 : Math.min(all.length - 1, Math.max(0, at + by));
  all[next]?.focus();
}

/** Opens a comment on the difference in focus, else on the whole. */
function writeComment(): void {
  const here = document.activeElement?.closest(".differing");
  const places = [...document.querySelectorAll<HTMLElement>(".request [data-comment]")];
  const place = here?.querySelector<HTMLElement>("[data-comment]") ?? places.at(-1);
  place?.click();
}
