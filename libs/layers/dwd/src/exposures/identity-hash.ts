/** 128 bits of an identity (R8) as four words, filled in place: keys that are exact for every practical purpose (design, State). */
export const hashIdentity = (user_id: string, source: string, event_id: string, into: Uint32Array): void => {
  into[0] = 0x9747b28c;
  into[1] = 0x85ebca6b;
  into[2] = 0xc2b2ae35;
  into[3] = 0x27d4eb2f;
  mix(user_id, into);
  mix(source, into);
  mix(event_id, into);
  for (let round = 0; round < 4; round++) {
    for (let w = 0; w < 4; w++) {
      let word = (into[w] ?? 0) ^ (into[(w + 3) & 3] ?? 0);
      word = Math.imul(word ^ (word >>> 16), 0x7feb352d);
      word = Math.imul(word ^ (word >>> 15), 0x846ca68b);
      into[w] = word ^ (word >>> 16);
    }
  }
};

/** Four lanes with multipliers of their own; the length goes in last, so that 'a','bc' and 'ab','c' differ. */
const mix = (text: string, lanes: Uint32Array): void => {
  let a = lanes[0] ?? 0;
  let b = lanes[1] ?? 0;
  let c = lanes[2] ?? 0;
  let d = lanes[3] ?? 0;
  for (let i = 0; i <= text.length; i++) {
    const unit = i < text.length ? text.charCodeAt(i) : 0x10000 + text.length;
    a = Math.imul(a ^ unit, 0xcc9e2d51);
    b = Math.imul(b ^ unit, 0x1b873593) + a;
    c = Math.imul(c ^ unit, 0x239b961b) ^ (b >>> 13);
    d = Math.imul(d ^ unit, 0x38b34ae5) + (c ^ (a >>> 17));
    a ^= a >>> 15;
  }
  lanes[0] = a;
  lanes[1] = b;
  lanes[2] = c;
  lanes[3] = d;
};
