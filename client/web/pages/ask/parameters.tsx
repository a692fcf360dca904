/** Input fields for the parameters of a function. @module */
import { Choice, Tick } from "../../parts/choice.tsx";
import { Field } from "../../parts/field.tsx";
import { plainName } from "../../parts/text.ts";
import { parametersOf, type Parameter, type Texts } from "./schema.ts";

interface ParameterFieldsProps {
  readonly schema: object;
  readonly texts: Texts;
  readonly onChange: (texts: Texts) => void;
}

export function ParameterFields({ schema, texts, onChange }: ParameterFieldsProps) {
  return parametersOf(schema).map((parameter) => (
    <One
      key={parameter.name}
      parameter={parameter}
      text={texts[parameter.name] ?? ""}
      onChange={(text) => onChange({ ...texts, [parameter.name]: text })}
    />
  ));
}

interface OneProps {
  readonly parameter: Parameter;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

function One({ parameter, text, onChange }: OneProps) {
  const { name, kind, options, required, minimum, maximum } = parameter;
  const label = plainName(name) + (required ? "" : " (optional)");
  if (kind === "yes")
    return (
      <Tick label={label} checked={text === "true"} onChange={(yes) => onChange(String(yes))} />
    );
  if (kind === "one of")
    return (
      <Choice
        label={label}
        value={text}
        onChange={onChange}
        options={["", ...options].map((value) => ({ value, label: plainName(value) || "choose" }))}
      />
    );
  const bounds = [
    minimum === undefined ? undefined : `at least ${minimum}`,
    maximum === undefined ? undefined : `at most ${maximum}`,
  ].filter((bound) => bound !== undefined);
  const hint = [kind === "json" ? "JSON" : kind === "text" ? "" : kind, ...bounds]
    .filter(Boolean)
    .join(", ");
  return <Field label={label} value={text} onChange={onChange} hint={hint} />;
}
