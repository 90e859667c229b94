import type { ReactNode } from "react";

import { Field } from "../../parts/Field";
import { ColourToken } from "./ColourToken";
import { faultsAt, faultsOfColour } from "./faults";
import { type DefaultLook, type Look, say, shadeOf } from "./look";
import { setMembers, setShade, setWithin } from "./text";
import { TextToken } from "./TextToken";
import { FONTS, GROUPS, LENGTHS, LINKS } from "./tokens";

type LookFieldsProps = {
  readonly text: string;
  readonly look: Look;
  /** What a token is that the theme does not set. */
  readonly otherwise: DefaultLook;
  /** What the server finds wrong, each as `path: what`. */
  readonly faults: readonly string[];
  readonly logo: ReactNode;
  readonly onType: (text: string) => void;
};

/** A theme by fields. Each changes its own place of the text and nothing else. */
export function LookFields({ text, look, otherwise, faults, logo, onType }: LookFieldsProps) {
  const common = (token: string) => ({
    token,
    own: token in look.tokens,
    findings: token in look.tokens ? faultsOfColour(faults, token) : [],
    onReset: () => onType(setWithin(text, "tokens", { [token]: undefined })),
  });
  const type = (token: string) => (value: string) => onType(setWithin(text, "tokens", { [token]: value }));
  return (
    <>
      <Field label="Name" hint="At the top of pages and mails, not the provider's own." optional fault={faultsAt(faults, "name")[0]?.text}>
        {(wiring) => (
          <input
            {...wiring}
            value={look.name}
            maxLength={60}
            onChange={(event) => onType(setMembers(text, { name: event.target.value || undefined }))}
          />
        )}
      </Field>
      {logo}
      {GROUPS.map(({ title, colours }) => (
        <Group key={title} title={title}>
          {Object.entries(colours).map(([token, words]) => {
            const usual = otherwise.colours[token];
            if (usual === undefined) return null;
            const shade = shadeOf(look, token, usual);
            return (
              <ColourToken
                key={token}
                {...common(token)}
                title={words}
                shade={shade}
                onType={(side, colour) => onType(setShade(text, token, side, colour, shade))}
              />
            );
          })}
        </Group>
      ))}
      <Group title="Corners and fonts">
        {Object.entries(otherwise.lengths).map(([token, { value, least, most }]) => (
          <TextToken
            key={token}
            {...common(token)}
            title={LENGTHS[token] ?? token}
            hint={`From ${least} to ${most}.`}
            value={say(look.tokens[token] ?? value)}
            onType={type(token)}
          />
        ))}
        {Object.entries(otherwise.fonts).map(([token, value]) => (
          <TextToken
            key={token}
            {...common(token)}
            title={FONTS[token] ?? token}
            hint="The first that somebody has is taken; nothing is loaded."
            value={say(look.tokens[token] ?? value)}
            onType={type(token)}
          />
        ))}
      </Group>
      <Group title="Links at the foot of pages">
        {Object.entries(LINKS).map(([link, words]) => (
          <Field key={link} label={words} optional fault={faultsAt(faults, `links.${link}`)[0]?.text}>
            {(wiring) => (
              <input
                {...wiring}
                type="url"
                value={say(look.links[link])}
                placeholder="https://"
                onChange={(event) => onType(setWithin(text, "links", { [link]: event.target.value || undefined }))}
              />
            )}
          </Field>
        ))}
      </Group>
      <p className="soft">
        Sentences of its own (<code>texts</code>
        {look.sentences > 0 && `, ${look.sentences} now`}) are written in the view Text.
      </p>
    </>
  );
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="tokens">
      <h3>{title}</h3>
      {children}
    </section>
  );
}
