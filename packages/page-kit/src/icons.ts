const SVG = 'http://www.w3.org/2000/svg';

/** Strokes on a 24 × 24 grid. */
const PATHS = {
  mic: ['M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3z', 'M5 11a7 7 0 0 0 14 0', 'M12 18v3'],
  micOff: [
    'M9 5.5A3 3 0 0 1 15 6v5',
    'M9 9v3a3 3 0 0 0 4.6 2.5',
    'M5 11a7 7 0 0 0 11.5 5.4',
    'M19 11c0 1-.2 1.9-.6 2.7',
    'M12 18v3',
    'M4 4l16 16',
  ],
  camera: [
    'M4 7h9a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H4a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1z',
    'M15 11l6-3.5v9L15 13',
  ],
  cameraOff: [
    'M10 7h3a2 2 0 0 1 2 2v3',
    'M14.5 16.5a2 2 0 0 1-1.5.5H4a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1h1.5',
    'M15 11l6-3.5v9l-3-1.7',
    'M4 4l16 16',
  ],
  screen: [
    'M4 5h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1z',
    'M8 21h8',
    'M12 14V8',
    'M9 10.5L12 8l3 2.5',
  ],
  people: [
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
    'M2.5 20a6.5 6.5 0 0 1 13 0',
    'M16 4.5a3.5 3.5 0 0 1 0 6',
    'M18 14.5a6.5 6.5 0 0 1 3.5 5.5',
  ],
  info: ['M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z', 'M12 11v5', 'M12 8v.1'],
  leave: [
    'M3.5 15.5c-.6-1.3-.6-3 .2-3.9C5.8 9.2 8.8 8 12 8s6.2 1.2 8.3 3.6c.8.9.8 2.6.2 3.9-.3.6-1 .9-1.7.7l-2.6-.7c-.6-.2-1-.7-1-1.3l-.1-1.7a9.5 9.5 0 0 0-6.2 0l-.1 1.7c0 .6-.4 1.1-1 1.3l-2.6.7c-.7.2-1.4-.1-1.7-.7z',
  ],
  link: [
    'M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7L12 7',
    'M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7L12 17',
  ],
  close: ['M6 6l12 12', 'M18 6L6 18'],
  check: ['M5 12.5l4.5 4.5L19 7.5'],
} as const;

export type IconName = keyof typeof PATHS;

/** A decorative icon in the colour of the text around it. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', 'icon');
  for (const d of PATHS[name]) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}
