/**
 * What is said to a screen reader: one polite live region for the whole page, as the ARIA Authoring Practices advise. Of
 * many sentences in one second the last is said, because a region that changes faster is never read to its end.
 */
const INTERVAL = 1000;

let region: HTMLElement | undefined;
let waiting: string | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

function say(): void {
  timer = undefined;
  if (waiting === undefined) return;
  if (region === undefined) {
    region = document.createElement("div");
    region.className = "nabla-announcer";
    region.setAttribute("role", "status");
    region.setAttribute("aria-live", "polite");
    document.body.append(region);
  }
  region.textContent = waiting;
  waiting = undefined;
  timer = setTimeout(say, INTERVAL);
}

export function announce(text: string): void {
  waiting = text;
  if (timer === undefined) say();
}
