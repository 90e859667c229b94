import { isMap, isScalar, isSeq, type Scalar, visit, type YAMLMap } from "yaml";

/** Rewrites what reads the values of a step (`run.values.<step>`), in expressions and in the paths of inputs. */
export function renameReferences(body: YAMLMap, from: string, to: string): void {
  const pattern = new RegExp(`\\brun\\.values\\.${escape(from)}(?![A-Za-z0-9_-])`, "g");
  const rewrite = (scalar: Scalar) => {
    if (typeof scalar.value !== "string") return;
    const changed = scalar.value.replace(pattern, `run.values.${to}`);
    if (changed !== scalar.value) scalar.value = changed;
  };
  const cases = body.get("condition");
  if (isSeq(cases)) {
    for (const item of cases.items) {
      const when = isMap(item) ? item.get("when", true) : null;
      if (isScalar(when)) rewrite(when);
    }
  }
  const options = body.get("options");
  if (isMap(options)) {
    visit(options, {
      Scalar(key, scalar) {
        if (key !== "key") rewrite(scalar);
      },
    });
  }
}

function escape(name: string): string {
  return name.replace(/[-/\\^$*+?.()|[\]{}]/g, "\\$&");
}
