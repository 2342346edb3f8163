import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { Signing, signatureLine } from "../../shared/signing/signing";
import { Alert } from "../../shared/ui/alert";
import { useKeys } from "../../shared/ui/keys";
import { Loaded } from "../../shared/ui/loaded";
import { Empty, Page } from "../../shared/ui/page";
import type { OpenStep } from "../../shared/ui/step";
import { stepWord } from "../../shared/words/vocabulary";
import "./approvals.css";
import { follows, stepMeaning, toSign } from "./deciding";
import { queue, request as requestRead } from "./queries";
import { Queue } from "./queue";
import { RequestShown } from "./request";
import { say } from "./words";

/** The queue of approvals, one of them opened beside it; without a choice, the first. */
export function Screen() {
  const list = useQuery(queue());
  const params: { id?: string } = useParams({ strict: false });
  const items = [...(list.data?.items ?? [])].sort((one, other) => one.expires_at.localeCompare(other.expires_at));
  const id = params.id ?? items[0]?.id;
  const [said, setSaid] = useState("");
  return (
    <Page title={say("title")}>
      <div role="status">{said ? <Alert tone="good">{said}</Alert> : null}</div>
      <div className="approvals">
        <Loaded of={list} lines={6}>
          {() => (items.length > 0 ? <Queue items={items} selected={id} /> : <Empty>{say("nothing")}</Empty>)}
        </Loaded>
        {id ? <Opened id={id} order={items.map((each) => each.id)} titles={items} onSaid={setSaid} /> : null}
      </div>
      <p className="soft mouse">{say("keys")}</p>
    </Page>
  );
}

interface Props {
  id: string;
  order: readonly string[];
  titles: readonly { id: string; title: string }[];
  onSaid: (line: string) => void;
}

function Opened({ id, order, titles, onSaid }: Props) {
  const navigate = useNavigate();
  const opened = useQuery({ ...requestRead(id), placeholderData: undefined });
  const heading = useRef<HTMLHeadingElement>(null);
  const [step, setStep] = useState<OpenStep>();
  const [arrives, setArrives] = useState(false);
  const request = opened.data;

  const go = (to: string | undefined) => {
    setArrives(true);
    navigate({ to: "/approvals/{-$id}", params: { id: to }, replace: true });
  };
  const move = (by: number) => {
    const to = order[order.indexOf(id) + by];
    if (to) go(to);
  };
  const take = (meaning: "approved" | "rejected") => {
    const found = request?.status === "open" ? stepMeaning(request, meaning) : undefined;
    if (found?.open) setStep(found);
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    n: () => toDifference(1),
    p: () => toDifference(-1),
    a: () => take("approved"),
    r: () => take("rejected"),
    c: writeComment,
  });
  useEffect(() => {
    if (arrives && request?.id === id && !step) heading.current?.focus();
  }, [arrives, id, request?.id, step]);
  const signed = (line: string) => {
    const at = order.indexOf(id);
    const next = order[at + 1] ?? order[at - 1];
    const title = titles.find((each) => each.id === next)?.title;
    setStep(undefined);
    onSaid(`${line} ${title ? say("toNext", { title }) : say("noneLeft")}`);
    go(next);
  };
  return (
    <Loaded of={opened} lines={10}>
      {(shown) => (
        <>
          <RequestShown key={shown.id} request={shown} heading={heading} onTake={setStep} />
          {step ? (
            <Signing
              title={stepWord(step.step)}
              subjects={[toSign(shown, step)]}
              reason={step.needs_reason ? "needed" : undefined}
              follows={follows(shown, step)}
              refreshes={["approvals", "changes"]}
              onClose={() => setStep(undefined)}
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
