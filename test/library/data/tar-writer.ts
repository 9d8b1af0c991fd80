/** Writes tape archives for tests, also such as no honest program writes. */
export interface WrittenEntry {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** The letter of its kind. Default "0", a file. */
  readonly kind?: string;
}

export function tarOf(entries: readonly WrittenEntry[]): Uint8Array {
  const blocks = entries.flatMap(({ name, content, kind = "0" }) => {
    const bytes = Buffer.from(content);
    const header = Buffer.alloc(512);
    header.write(name, 0, 100);
    header.write("0000644\0", 100);
    header.write(`${bytes.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write("        ", 148);
    header.write(kind, 156);
    header.write("ustar\0" + "00", 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
