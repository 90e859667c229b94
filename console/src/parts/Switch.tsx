type SwitchProps<T extends string> = {
  readonly label: string;
  readonly options: Readonly<Record<T, string>>;
  readonly chosen: T;
  readonly onChoose: (option: T) => void;
};

/** One of two or three, all in sight. */
export function Switch<T extends string>({ label, options, chosen, onChoose }: SwitchProps<T>) {
  return (
    <div className="switch" role="group" aria-label={label}>
      {(Object.entries(options) as [T, string][]).map(([option, words]) => (
        <button key={option} type="button" aria-pressed={option === chosen} onClick={() => onChoose(option)}>
          {words}
        </button>
      ))}
    </div>
  );
}
