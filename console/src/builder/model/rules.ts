/**
 * Conditions as rules to point and click at: a flat list of comparisons that must all hold, or of which one must hold.
 * This is a small part of CEL. What is not in it stays text: `parseRules` then returns null, and nothing is lost.
 */
export const OPERATORS = ["==", "!=", "in", "not in", ">", ">=", "<", "<=", "contains", "startsWith", "endsWith"] as const;
export type Operator = (typeof OPERATORS)[number];
export type Literal = string | number | boolean | null;

export interface Rule {
  path: string;
  operator: Operator;
  values: Literal[];
}

export interface Rules {
  join: "all" | "any";
  rules: Rule[];
}

interface Token {
  kind: "path" | "text" | "number" | "sign" | "end";
  text: string;
  value?: Literal;
}

const TOKEN =
  /\s*(?:([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*|\["[^"\\]*"\])*)|("(?:[^"\\\n]|\\["\\nt])*")|(-?\d+(?:\.\d+)?)(?![A-Za-z0-9_.])|(&&|\|\||==|!=|>=|<=|[<>()[\],!]))/y;
const METHODS = new Set<string>(["contains", "startsWith", "endsWith"]);

class NotARule extends Error {}

/** Reads an expression as rules. Returns null where it says more than rules can. */
export function parseRules(source: string): Rules | null {
  if (source.trim() === "") return { join: "all", rules: [] };
  try {
    return new RuleReader(tokenize(source)).read();
  } catch (error) {
    if (error instanceof NotARule) return null;
    throw error;
  }
}

/** Writes rules as an expression. */
export function writeRules({ join, rules }: Rules): string {
  return rules.map(writeRule).join(join === "all" ? " && " : " || ");
}

function writeRule({ path, operator, values }: Rule): string {
  const first = writeLiteral(values[0] === undefined ? "" : values[0]);
  if (operator === "in") return `${path} in [${values.map(writeLiteral).join(", ")}]`;
  if (operator === "not in") return `!(${path} in [${values.map(writeLiteral).join(", ")}])`;
  if (METHODS.has(operator)) return `${path}.${operator}(${first})`;
  return `${path} ${operator} ${first}`;
}

export function writeLiteral(value: Literal): string {
  if (typeof value !== "string") return String(value);
  const escaped = value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n").replace(/\t/g, "\\t");
  return `"${escaped}"`;
}

class RuleReader {
  private at = 0;
  private readonly tokens: Token[];

  constructor(tokens: Token[]) {
    this.tokens = tokens;
  }

  read(): Rules {
    const rules = [this.rule()];
    let sign: string | null = null;
    while (this.peek().kind !== "end") {
      const next = this.take().text;
      if (next !== "&&" && next !== "||") throw new NotARule();
      if (sign !== null && sign !== next) throw new NotARule();
      sign = next;
      rules.push(this.rule());
    }
    return { join: sign === "||" ? "any" : "all", rules };
  }

  private rule(): Rule {
    if (this.peek().text === "!") {
      this.take();
      this.expect("(");
      const rule = this.rule();
      this.expect(")");
      if (rule.operator !== "in") throw new NotARule();
      return { ...rule, operator: "not in" };
    }
    if (this.peek().text === "(") {
      this.take();
      const rule = this.rule();
      this.expect(")");
      return rule;
    }
    return this.comparison();
  }

  private comparison(): Rule {
    const token = this.take();
    if (token.kind !== "path" || token.value !== undefined) throw new NotARule();
    if (this.peek().text === "(") return this.method(token.text);
    const sign = this.take();
    if (sign.text === "in") return { path: token.text, operator: "in", values: this.list() };
    const operator = OPERATORS.find((one) => one === sign.text);
    if (!operator || sign.kind !== "sign") throw new NotARule();
    return { path: token.text, operator, values: [this.literal()] };
  }

  private method(text: string): Rule {
    const dot = text.lastIndexOf(".");
    const name = text.slice(dot + 1);
    if (dot < 0 || !METHODS.has(name)) throw new NotARule();
    this.expect("(");
    const value = this.literal();
    this.expect(")");
    if (typeof value !== "string") throw new NotARule();
    return { path: text.slice(0, dot), operator: name as Operator, values: [value] };
  }

  private list(): Literal[] {
    this.expect("[");
    const values = [this.literal()];
    while (this.peek().text === ",") {
      this.take();
      values.push(this.literal());
    }
    this.expect("]");
    return values;
  }

  private literal(): Literal {
    const token = this.take();
    if (token.value === undefined) throw new NotARule();
    return token.value;
  }

  private peek(): Token {
    return this.tokens[this.at] ?? { kind: "end", text: "" };
  }

  private take(): Token {
    const token = this.peek();
    this.at += 1;
    return token;
  }

  private expect(text: string): void {
    if (this.take().text !== text) throw new NotARule();
  }
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  const text = source.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const found = TOKEN.exec(text);
    if (!found) throw new NotARule();
    const [, path, quoted, number, sign] = found;
    if (path !== undefined) tokens.push(wordToken(path));
    else if (quoted !== undefined) tokens.push({ kind: "text", text: quoted, value: unquote(quoted) });
    else if (number !== undefined) tokens.push({ kind: "number", text: number, value: Number(number) });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign });
  }
  return tokens;
}

const WORDS: Record<string, Literal> = { true: true, false: false, null: null };

function wordToken(word: string): Token {
  if (Object.hasOwn(WORDS, word)) return { kind: "path", text: word, value: WORDS[word] ?? null };
  return { kind: "path", text: word };
}

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(["\\nt])/g, (_, letter: string) => {
    return { n: "\n", t: "\t" }[letter] ?? letter;
  });
}
