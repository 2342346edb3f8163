import { type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes, useId } from "react";
import { useFilled } from "./form";
import { say } from "./words";

interface Frame {
  name: string;
  label: ReactNode;
  hint?: ReactNode;
  /** It may be left empty in a form of which the rest may not. */
  optional?: boolean | undefined;
}

interface Wired {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

/** Label, hint and what is wrong, tied to one control. */
export function Framed(props: Frame & { children: (wired: Wired, typed?: string) => ReactNode }) {
  const { name, label, hint, optional, children } = props;
  const id = useId();
  const { wrong, typed } = useFilled(name);
  const described = [hint ? `${id}-hint` : "", wrong ? `${id}-wrong` : ""].filter(Boolean).join(" ");
  return (
    <div className={wrong ? "field wrong" : "field"}>
      <label htmlFor={id}>
        {label}
        {optional ? <span className="optional"> ({say("optional")})</span> : null}
      </label>
      {hint ? (
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      ) : null}
      {wrong ? (
        <p id={`${id}-wrong`} className="error">
          {wrong}
        </p>
      ) : null}
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": wrong ? true : undefined }, typed)}
    </div>
  );
}

type FieldProps = Frame & Omit<InputHTMLAttributes<HTMLInputElement>, "name" | "id">;

export function Field({ name, label, hint, optional, defaultValue, ...rest }: FieldProps) {
  return (
    <Framed name={name} label={label} hint={hint} optional={optional}>
      {(wired, typed) => <input {...rest} {...wired} name={name} defaultValue={typed ?? defaultValue} />}
    </Framed>
  );
}

type TextProps = Frame & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "name" | "id">;

export function TextField({ name, label, hint, optional, defaultValue, rows = 4, ...rest }: TextProps) {
  return (
    <Framed name={name} label={label} hint={hint} optional={optional}>
      {(wired, typed) => <textarea {...rest} {...wired} rows={rows} name={name} defaultValue={typed ?? defaultValue} />}
    </Framed>
  );
}
