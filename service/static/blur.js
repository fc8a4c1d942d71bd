// Whether a photo looks blurred, found on this device before anything is sent. A hint, never a refusal.
import { drawn } from "./photo.js";

const SIZE = 1000; // longest side that is looked at, in pixels
const TILES = 8; // across and down: on a table the paper fills only some of them
const SHARPEST = 8; // of the tiles, which are where writing is
// Sharp specimens measure 2,700 and more; blurred by 1.5 pixels of this size 27 to 180, by 2 at most 54.
const BLURRED = 100;

/** Variance of the Laplacian (Pech-Pacheco et al., ICPR 2000), the mean of the sharpest tiles. */
export function sharpness(bitmap) {
  const canvas = drawn(bitmap, bitmap.width * Math.min(1, SIZE / Math.max(bitmap.width, bitmap.height)));
  const { width, height } = canvas;
  if (width < 3 * TILES || height < 3 * TILES) return Infinity; // too small to tell
  const grey = greys(canvas.getContext("2d").getImageData(0, 0, width, height).data);
  const found = [];
  for (let row = 0; row < TILES; row++) {
    for (let column = 0; column < TILES; column++) found.push(tile(grey, width, height, row, column));
  }
  found.sort((a, b) => b - a);
  return found.slice(0, SHARPEST).reduce((sum, one) => sum + one, 0) / SHARPEST;
}

export function looksBlurred(bitmap) {
  return sharpness(bitmap) < BLURRED;
}

function greys(data) {
  const grey = new Float32Array(data.length / 4);
  for (let at = 0; at < grey.length; at++) {
    grey[at] = 0.299 * data[4 * at] + 0.587 * data[4 * at + 1] + 0.114 * data[4 * at + 2];
  }
  return grey;
}

function tile(grey, width, height, row, column) {
  const [top, bottom] = [Math.floor((row * height) / TILES), Math.floor(((row + 1) * height) / TILES)];
  const [left, right] = [Math.floor((column * width) / TILES), Math.floor(((column + 1) * width) / TILES)];
  let [count, sum, squares] = [0, 0, 0];
  for (let y = Math.max(1, top); y < Math.min(height - 1, bottom); y++) {
    for (let x = Math.max(1, left); x < Math.min(width - 1, right); x++) {
      const at = y * width + x;
      const value = grey[at - 1] + grey[at + 1] + grey[at - width] + grey[at + width] - 4 * grey[at];
      count += 1;
      sum += value;
      squares += value * value;
    }
  }
  return count ? squares / count - (sum / count) ** 2 : 0;
}
