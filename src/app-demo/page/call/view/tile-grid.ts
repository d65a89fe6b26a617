const GAP = 12;
const WIDEST = 16 / 9;
const TALLEST = 3 / 4;

/** Lays tiles out as large as they can all be in the space there is. */
export class TileGrid {
  constructor(private readonly element: HTMLElement) {
    new ResizeObserver(() => this.arrange()).observe(element);
  }

  add(tile: HTMLElement, first = false): void {
    if (first) this.element.prepend(tile);
    else this.element.append(tile);
    this.arrange();
  }

  arrange(): void {
    const count = this.element.childElementCount;
    const { clientWidth: width, clientHeight: height } = this.element;
    if (count === 0 || width === 0) return;
    const size = bestSize(count, width, height);
    this.element.style.setProperty('--tile-width', `${Math.floor(size.width)}px`);
    this.element.style.setProperty('--tile-height', `${Math.floor(size.height)}px`);
  }
}

function bestSize(count: number, width: number, height: number) {
  let best = { width: 0, height: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const cellWidth = (width - GAP * (columns - 1)) / columns;
    const cellHeight = (height - GAP * (rows - 1)) / rows;
    const aspect = Math.min(WIDEST, Math.max(TALLEST, cellWidth / cellHeight));
    const tileWidth = Math.min(cellWidth, cellHeight * aspect);
    const tileHeight = tileWidth / aspect;
    if (tileWidth * tileHeight > best.width * best.height) {
      best = { width: tileWidth, height: tileHeight };
    }
  }
  return best;
}
