/**
 * While a function is traced, its arguments stand on storages of their own that name the same memory: so a trace can tell
 * an argument from the same tensor reached another way, and a later run can be given another one.
 */
import { TensorStorage } from "../tensor/memory.ts";

/** The counters of a storage that its alias shares. */
const shared = ["version", "recordedChanges"] as const;

/** Another storage object over the same memory, with the same counters of changes. It keeps the first one alive. */
export function aliasOf(storage: TensorStorage): TensorStorage {
  const alias = new TensorStorage(storage.handle, storage, storage.bytes);
  for (const counter of shared) {
    Object.defineProperty(alias, counter, {
      get: () => storage[counter],
      set: (count: number) => {
        storage[counter] = count;
      },
    });
  }
  return alias;
}
