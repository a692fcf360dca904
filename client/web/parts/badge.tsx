/** A word with a sign and a colour: never the colour alone. @module */
export type Tone = "good" | "bad" | "wait" | "plain";

const signs: Readonly<Record<Tone, string>> = { good: "✓", bad: "✗", wait: "…", plain: "•" };

export function Badge({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span className={`badge ${tone}`}>
      <span aria-hidden="true">{signs[tone]}</span> {children}
    </span>
  );
}
