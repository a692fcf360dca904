/** A place to drop files, which is an ordinary file input too. @module */
import { useId, useState, type DragEvent } from "react";

interface DropProps {
  readonly label: string;
  readonly hint: string;
  readonly accept?: string;
  readonly several?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}

export function Drop({ label, hint, accept, several = false, onFiles }: DropProps) {
  const id = useId();
  const [over, setOver] = useState(false);
  const take = (list: FileList | null) => {
    if (list && list.length > 0) onFiles(several ? [...list] : [...list].slice(0, 1));
  };
  const drag = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  return (
    <div
      className={over ? "drop over" : "drop"}
      onDragOver={drag}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer.files);
      }}
    >
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="file"
        multiple={several}
        {...(accept && { accept })}
        onChange={(event) => {
          take(event.target.files);
          // The same file may be chosen again after it was corrected.
          event.target.value = "";
        }}
      />
      <p className="soft">{hint}</p>
    </div>
  );
}
