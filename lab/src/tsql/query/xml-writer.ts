export interface XmlWriter {
  /** Closes and opens elements until these are the open ones; those that are open already stay so. */
  goTo(path: readonly string[]): void;
  /** false: the innermost element has content already. */
  attribute(name: string, escaped: string): boolean;
  content(markup: string): void;
  end(): string;
}

/** Elements inside of one element, or of none. */
export function xmlWriter(root: string | undefined, namespace: string): XmlWriter {
  const open: string[] = [];
  let text = root === undefined ? "" : `<${root}${namespace}`;
  let isTagOpen = root !== undefined;
  const finishTag = (): void => {
    if (isTagOpen) text += ">";
    isTagOpen = false;
  };
  const closeTo = (depth: number): void => {
    while (open.length > depth) {
      const name = open.pop() ?? "";
      text += isTagOpen ? "/>" : `</${name}>`;
      isTagOpen = false;
    }
  };
  return {
    goTo(path) {
      let shared = 0;
      while (shared < open.length && open[shared] === path[shared]) shared++;
      closeTo(shared);
      for (const name of path.slice(shared)) {
        finishTag();
        text += `<${name}`;
        open.push(name);
        isTagOpen = true;
      }
    },
    attribute(name, escaped) {
      if (isTagOpen) text += ` ${name}="${escaped}"`;
      return isTagOpen;
    },
    content(markup) {
      finishTag();
      text += markup;
    },
    end() {
      closeTo(0);
      if (root === undefined) return text;
      return isTagOpen ? `${text}/>` : `${text}</${root}>`;
    },
  };
}
