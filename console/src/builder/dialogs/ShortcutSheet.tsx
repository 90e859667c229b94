import { SHORTCUTS } from "../keys";
import { Window } from "../parts/Window";

/** What every key does. */
export function ShortcutSheet({ onClose }: { readonly onClose: () => void }) {
  return (
    <Window title="Keys" wide onClose={onClose}>
      <div className="b-sheet">
        {SHORTCUTS.map(({ group, shortcuts }) => (
          <section key={group} aria-label={group}>
            <h3>{group}</h3>
            <dl>
              {shortcuts.map(({ keys, does }) => (
                <div key={keys}>
                  <dt>
                    <kbd>{keys}</kbd>
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <div className="actions">
        <button type="button" className="button" autoFocus onClick={onClose}>
          Close
        </button>
      </div>
    </Window>
  );
}
