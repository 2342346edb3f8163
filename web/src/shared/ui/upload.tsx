import { useRef, useState } from "react";
import { Refusal } from "../api/problem";
import { upload } from "../file/upload";
import { Alert, RefusalAlert } from "./alert";
import { say } from "./words";

interface Props {
  label: string;
  accept?: string;
  several?: boolean;
  onDone: (file: { id: string; name: string }) => void;
}

const AT_ONCE = 3;

/** Files are chosen, or dropped where there is a mouse; each shows how far it is. */
export function Upload({ label, accept, several = false, onDone }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [going, setGoing] = useState<Map<string, number>>(new Map());
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [over, setOver] = useState(false);

  const send = async (file: File) => {
    const far = (percent: number) => setGoing((former) => new Map(former).set(file.name, percent));
    far(0);
    try {
      onDone({ id: await upload(file, far), name: file.name });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setRefusal(error);
    } finally {
      setGoing((former) => new Map([...former].filter(([name]) => name !== file.name)));
    }
  };
  const sendAll = async (files: File[]) => {
    setRefusal(null);
    const left = several ? [...files] : files.slice(0, 1);
    const worker = async () => {
      for (let file = left.shift(); file; file = left.shift()) await send(file);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  };
  return (
    <section
      className={over ? "upload over" : "upload"}
      aria-label={label}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        sendAll([...event.dataTransfer.files]);
      }}
    >
      <label>
        <span className="button plain">{say("chooseFile")}</span>
        <input
          ref={input}
          type="file"
          accept={accept}
          multiple={several}
          aria-label={label}
          onChange={(event) => {
            sendAll([...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = "";
          }}
        />
      </label>
      <span className="soft mouse">{say("dropHere")}</span>
      {[...going].map(([name, percent]) => (
        <Alert key={name} tone="info">
          <label>
            {say("uploading", { name, percent })} <progress max={100} value={percent} />
          </label>
        </Alert>
      ))}
      <RefusalAlert refusal={refusal} />
    </section>
  );
}
