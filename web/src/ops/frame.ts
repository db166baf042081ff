// What draws: everything shown follows from state, and `update` asks for it to be drawn anew before the browser paints.

type Draw = () => void;

let draw: Draw | undefined;
let asked = false;

export function drawWith(how: Draw) {
  draw = how;
}

// Many calls at once draw once.
export function update() {
  if (asked) return;
  asked = true;
  queueMicrotask(() => {
    asked = false;
    draw?.();
  });
}

// After the next drawing, for what needs the element to be there: focus, measures.
export function afterDrawing(then: () => void) {
  update();
  queueMicrotask(then);
}

let said = '';
let shown = false;

// Told politely to those who do not see the page change. The same words twice are said twice.
export function announce(words: string) {
  said = words;
  shown = !shown;
  update();
}

export const announced = () => (said && !shown ? `${said}\u00a0` : said);
