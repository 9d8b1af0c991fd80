/**
 * While a function is traced, its arguments stand on storages of their own that name the same memory: so a trace can tell
 * an argument from the same tensor reached another way, and a later run can be given another one.
 */
import { TensorStorage } from "../tensor/memory.ts";

/** What a storage and its alias have in common: what is known of the memory. */
const shared = ["version", "recordedChanges", "extent"] as const;

/** Another storage object over the same memory, with the same counters of changes and the same extent. It keeps the first one alive. */
export function aliasOf(storage: TensorStorage): TensorStorage {
  const alias = new TensorStorage(storage.handle, storage, storage.bytes);
  for (const property of shared) {
    Object.defineProperty(alias, property, {
      get: () => storage[property],
      set: (value: never) => {
        storage[property] = value;
      },
    });
  }
  return alias;
}
