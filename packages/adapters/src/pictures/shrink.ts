/**
 * A smaller picture, each pixel the mean of the area it stands for: no memory but its own, where filters
 * of libraries take seventy bytes for each pixel of a camera's picture.
 */
import type { Pixels } from './codecs.ts';

/**
 * Colours count by how opaque they are.
 * @param width 1 to that of `pixels`; @param height likewise
 */
export function shrink(pixels: Pixels, width: number, height: number): Pixels {
  const { data } = pixels;
  const [stepX, stepY] = [pixels.width / width, pixels.height / height];
  const out = new Uint8ClampedArray(width * height * 4);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 4) {
      const [left, right] = [x * stepX, Math.min(pixels.width, (x + 1) * stepX)];
      const [top, bottom] = [y * stepY, Math.min(pixels.height, (y + 1) * stepY)];
      let [red, green, blue, opaque, area] = [0, 0, 0, 0, 0];
      for (let row = Math.floor(top); row < bottom; row++) {
        const high = Math.min(row + 1, bottom) - Math.max(row, top);
        let at = (row * pixels.width + Math.floor(left)) * 4;
        for (let column = Math.floor(left); column < right; column++, at += 4) {
          const share = high * (Math.min(column + 1, right) - Math.max(column, left));
          const weight = share * (data[at + 3] ?? 0);
          red += weight * (data[at] ?? 0);
          green += weight * (data[at + 1] ?? 0);
          blue += weight * (data[at + 2] ?? 0);
          opaque += weight;
          area += share;
        }
      }
      if (opaque === 0) continue;
      out[to] = red / opaque;
      out[to + 1] = green / opaque;
      out[to + 2] = blue / opaque;
      out[to + 3] = opaque / area;
    }
  }
  return { data: out, width, height };
}
