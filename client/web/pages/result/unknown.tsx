/** An output of a form this app has no picture for: as it is. @module */
export function Unknown({ text }: { text: string }) {
  return (
    <>
      <h2>Output</h2>
      <pre tabIndex={0} aria-label="The output">
        {text}
      </pre>
    </>
  );
}
