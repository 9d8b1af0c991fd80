/**
 * Edits on the text of a cell, and the way back.
 *
 * A cell is never printed from its syntax tree: the transform leaves the learner's text where it is and lists what to
 * blank, replace, insert or move. The same list then answers, for any place in the code that V8 ran, where that place was
 * in the cell, and the other way round for breakpoints. That type syntax can be blanked in place is the idea of
 * ts-blank-space (Bloomberg) and of Node's own type stripping; this is another implementation of it.
 */

/** A place in a text: both numbers count from 1, columns in UTF-16 units, as V8 writes them in a stack. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/**
 * A run of generated code. A verbatim run is the source's own text; any other stands for one place of the source: an anchored
 * one exactly, an added one because it was added for it.
 */
interface Run {
  readonly generated: number;
  readonly source: number;
  readonly kind: "verbatim" | "anchored" | "added";
}

/** An edit list as plain data, for another thread. */
export interface EditData {
  readonly runs: readonly Run[];
  readonly codeLength: number;
  readonly sourceLength: number;
  readonly codeLines: readonly number[];
  readonly sourceLines: readonly number[];
}

/** A place inside a replacement that comes from a known place of the source (offsets, in UTF-16 units). */
export interface Anchor {
  readonly offset: number;
  readonly source: number;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly anchors: readonly Anchor[];
}

const LINE_BREAK = /\r\n|[\n\r\u2028\u2029]/g;

function lineStarts(text: string): number[] {
  const starts = [0];
  for (const found of text.matchAll(LINE_BREAK)) starts.push(found.index + found[0].length);
  return starts;
}

/** The last index whose value is at most `wanted`, in an ascending list that begins at or below it. */
function lastAtMost<T>(list: readonly T[], wanted: number, value: (item: T) => number): number {
  let low = 0;
  let high = list.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (value(list[middle]!) <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}

function placeOf(starts: readonly number[], offset: number): Place {
  const line = lastAtMost(starts, offset, (start) => start);
  return { line: line + 1, column: offset - starts[line]! + 1 };
}

function offsetOf(starts: readonly number[], length: number, place: Place): number {
  const start = starts[Math.min(Math.max(place.line, 1), starts.length) - 1]!;
  return Math.min(start + Math.max(place.column, 1) - 1, length);
}

/** The way between generated code and the cell it came from. */
export class EditList {
  readonly data: EditData;

  constructor(data: EditData) {
    this.data = data;
  }

  /** The list of a text that was rendered. */
  static of(code: string, source: string, runs: readonly Run[]): EditList {
    return new EditList({ runs, codeLength: code.length, sourceLength: source.length, codeLines: lineStarts(code), sourceLines: lineStarts(source) });
  }

  /** Where a place of the generated code was in the cell. Code that the transform added maps to what it was added for. */
  original(place: Place): Place {
    const { codeLines, codeLength, sourceLines } = this.data;
    return placeOf(sourceLines, this.originalOffset(offsetOf(codeLines, codeLength, place)));
  }

  /** As `original`, in offsets. */
  originalOffset(generated: number): number {
    const { runs, sourceLength } = this.data;
    if (runs.length === 0) return 0;
    const run = runs[lastAtMost(runs, generated, (each) => each.generated)]!;
    const offset = run.kind === "verbatim" ? run.source + Math.max(0, generated - run.generated) : run.source;
    return Math.min(Math.max(offset, 0), sourceLength);
  }

  /** Whether a place of the generated code lies in what stands in front of the cell's own text, or behind all of it. */
  isAround(place: Place): boolean {
    const { runs, codeLines, codeLength } = this.data;
    const offset = offsetOf(codeLines, codeLength, place);
    const isOwn = ({ kind }: Run): boolean => kind !== "added";
    const first = runs.find(isOwn)?.generated ?? codeLength;
    const last = runs.findLastIndex(isOwn);
    return offset < first || (last + 1 < runs.length && offset >= runs.at(-1)!.generated);
  }

  /**
   * Where a place of the cell went in the generated code, for breakpoints.
   * A place that was erased gives the code that follows it in the cell; `undefined` when none does.
   */
  generated(place: Place): Place | undefined {
    const { runs, codeLength, codeLines, sourceLines, sourceLength } = this.data;
    const wanted = offsetOf(sourceLines, sourceLength, place);
    let best: { distance: number; offset: number } | undefined;
    for (let index = 0; index < runs.length; index++) {
      const run = runs[index]!;
      if (run.kind === "added") continue;
      const length = run.kind === "anchored" ? 1 : (runs[index + 1]?.generated ?? codeLength) - run.generated;
      if (wanted >= run.source + length) continue;
      const distance = Math.max(0, run.source - wanted);
      if (best === undefined || distance < best.distance) {
        best = { distance, offset: run.generated + Math.max(0, wanted - run.source) };
      }
    }
    return best === undefined ? undefined : placeOf(codeLines, best.offset);
  }
}

/** What `Edits.render` gives. */
export interface Rendered {
  readonly code: string;
  readonly edits: EditList;
}

/** Collects edits on one text and renders them. Edits at one place come out in the order in which they were made. */
export class Edits {
  /** The text that is edited. */
  readonly source: string;
  readonly #original: string;
  readonly #lead: number;
  readonly #edits: Edit[] = [];
  readonly #moved: { start: number; end: number }[] = [];
  #head = "";
  #tail = "";

  /**
   * @param source The text to edit.
   * @param original The text that places are mapped back to, if it is not all of `source`.
   * @param lead How many characters of `source` stand before `original` in it.
   */
  constructor(source: string, original = source, lead = 0) {
    this.source = source;
    this.#original = original;
    this.#lead = lead;
  }

  /** Puts `text` in place of a range; `anchors` say which parts of it come from where. */
  replace(start: number, end: number, text: string, anchors: readonly Anchor[] = []): void {
    this.#edits.push({ start, end, text, anchors });
  }

  insert(at: number, text: string): void {
    this.replace(at, at, text);
  }

  /** Turns a range into spaces, line breaks kept. `first`, if given, takes the place of its first character. */
  blank(start: number, end: number, first = ""): void {
    if (end <= start) return;
    const spaces = this.source.slice(start, end).replace(/[^\n\r\u2028\u2029]/g, " ");
    this.replace(start, end, first + spaces.slice(first.length));
  }

  /** Renders a range, with its own edits, at the top of the code instead of where it is. */
  moveToTop(start: number, end: number): void {
    this.#moved.push({ start, end });
  }

  /** Adds code before everything else. */
  prepend(text: string): void {
    this.#head += text;
  }

  /** Adds code after everything else. */
  append(text: string): void {
    this.#tail += text;
  }

  /**
   * Renders the text between two offsets.
   * @throws Error when two edits overlap, which is a mistake of the caller's.
   */
  render(start = 0, end = this.source.length): Rendered {
    const sorted = this.#edits.map((edit, order) => ({ edit, order }));
    sorted.sort((a, b) => a.edit.start - b.edit.start || a.order - b.order);
    const edits = sorted.map((each) => each.edit);
    const runs: Run[] = [];
    let code = "";

    const emit = (text: string, source: number, kind: Run["kind"]): void => {
      if (text === "") return;
      runs.push({ generated: code.length, source, kind });
      code += text;
    };
    const emitEdit = (edit: Edit): void => {
      let from = 0;
      let source = edit.start;
      let kind: Run["kind"] = "added";
      for (const anchor of edit.anchors) {
        emit(edit.text.slice(from, anchor.offset), source, kind);
        from = anchor.offset;
        source = anchor.source;
        kind = "anchored";
      }
      emit(edit.text.slice(from), source, kind);
    };
    const emitRange = (from: number, to: number, skipped: readonly { start: number; end: number }[]): void => {
      const pending = [...skipped];
      let at = from;
      const copyTo = (next: number): void => {
        while (pending.length > 0 && pending[0]!.end <= next) {
          const gap = pending.shift()!;
          emit(this.source.slice(at, gap.start), at, "verbatim");
          emit(";", gap.start, "added");
          at = gap.end;
        }
        if (next < at) throw new Error(`edits overlap at offset ${next} of the cell`);
        emit(this.source.slice(at, next), at, "verbatim");
        at = next;
      };
      for (const edit of edits) {
        if (edit.start < from || edit.end > to || skipped.some((gap) => edit.start >= gap.start && edit.start < gap.end)) continue;
        copyTo(edit.start);
        emitEdit(edit);
        at = edit.end;
      }
      copyTo(to);
    };

    const moved = [...this.#moved].sort((a, b) => a.start - b.start);
    emit(this.#head, start, "added");
    for (const range of moved) {
      emitRange(range.start, range.end, []);
      emit("; ", range.end, "added");
    }
    emitRange(start, end, moved);
    emit(this.#tail, end, "added");
    const mapped = runs.map((run) => ({ ...run, source: run.source - this.#lead }));
    return { code, edits: EditList.of(code, this.#original, mapped) };
  }
}
