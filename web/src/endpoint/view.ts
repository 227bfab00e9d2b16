// What a tile asks for (pure): as many pixels as it shows, none where nobody can see it.

export interface Size {
  width: number;
  height: number;
}

/** A box of CSS pixels in physical ones, at most what the protocol allows; nothing if it is out of sight. */
export function shownSize(box: Size, scale: number, inSight: boolean): Size {
  if (!inSight) return { width: 0, height: 0 };
  return {
    width: Math.min(7680, Math.round(box.width * scale)),
    height: Math.min(4320, Math.round(box.height * scale)),
  };
}
