import { type ReactNode, type SelectHTMLAttributes, useId } from "react";
import { Framed } from "./field";
import { useFilled } from "./form";
import { say } from "./words";

interface Option {
  value: string;
  label: ReactNode;
  /** What the choice means, under it. */
  hint?: ReactNode;
}

interface Props extends Omit<SelectHTMLAttributes<HTMLSelectElement>, "name" | "id"> {
  name: string;
  label: ReactNode;
  hint?: ReactNode;
  optional?: boolean;
  options: readonly Option[];
  /** The word of the empty choice; none where something is always chosen. */
  empty?: string | null;
}

/** One of several, in the platform's own list. */
export function Choice({
  name,
  label,
  hint,
  optional,
  options,
  empty = say("notChosen"),
  defaultValue,
  ...rest
}: Props) {
  return (
    <Framed name={name} label={label} hint={hint} optional={optional}>
      {(wired, typed) => (
        <select
          {...rest}
          {...wired}
          name={name}
          {...(rest.value === undefined ? { defaultValue: typed ?? defaultValue } : {})}
        >
          {empty === null ? null : <option value="">{empty}</option>}
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Framed>
  );
}

interface ChoicesProps {
  name: string;
  legend: ReactNode;
  options: readonly Option[];
  required?: boolean;
  defaultValue?: string | readonly string[];
  /** Several may be chosen. */
  several?: boolean;
}

/** One of few, all of them seen at once, as large rows; or several of them. */
export function Choices({ name, legend, options, required, defaultValue, several = false }: ChoicesProps) {
  const id = useId();
  const { wrong, typed } = useFilled(name);
  const chosen = [typed ?? defaultValue ?? []].flat();
  return (
    <fieldset className={wrong ? "choices wrong" : "choices"} aria-describedby={wrong ? id : undefined}>
      <legend>{legend}</legend>
      {wrong ? (
        <p id={id} className="error">
          {wrong}
        </p>
      ) : null}
      {options.map((option) => (
        <label key={option.value} className="row">
          <input
            type={several ? "checkbox" : "radio"}
            name={name}
            value={option.value}
            required={required && !several}
            defaultChecked={chosen.includes(option.value)}
          />
          <span>
            {option.label}
            {option.hint ? <small>{option.hint}</small> : null}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
