/** asin, acos, atan, atan2. After fdlibm's e_asin.c, e_acos.c, s_atan.c and e_atan2.c. @module */
// oxlint-disable oxc/approx-constant, no-loss-of-precision -- the digits are fdlibm's, and readers compare them
import { upper } from "./words.ts";

const PIO2_HIGH = 1.570796326794896558;
const PIO2_LOW = 6.12323399573676603587e-17;
const PI_LOW = 1.2246467991473531772e-16;

/** (asin(x) - x) / x at x² = z. */
function tail(z: number): number {
  const p =
    z *
    (1.66666666666666657415e-1 +
      z *
        (-3.25565818622400915405e-1 +
          z *
            (2.01212532134862925881e-1 +
              z *
                (-4.00555345006794114027e-2 +
                  z * (7.91534994289814532176e-4 + z * 3.4793310759602116757e-5)))));
  const q =
    1 +
    z *
      (-2.40339491173441421878 +
        z *
          (2.02094576023350569471 +
            z * (-6.8828397160545329303e-1 + z * 7.70381505559019352791e-2)));
  return p / q;
}

export function asin(x: number): number {
  const size = Math.abs(x);
  if (!(size <= 1)) return NaN;
  if (size < 2 ** -26) return x;
  if (size < 0.5) return x + x * tail(x * x);
  if (size === 1) return x * PIO2_HIGH + x * PIO2_LOW;
  const t = (1 - size) * 0.5;
  const r = tail(t);
  const s = Math.sqrt(t);
  let value: number;
  if (size >= 0.975) value = PIO2_HIGH - (2 * (s + s * r) - PIO2_LOW);
  else {
    const w = upper(s);
    const c = (t - w * w) / (s + w);
    const p = 2 * s * r - (PIO2_LOW - 2 * c);
    value = Math.PI / 4 - (p - (Math.PI / 4 - 2 * w));
  }
  return x < 0 ? -value : value;
}

export function acos(x: number): number {
  const size = Math.abs(x);
  if (!(size <= 1)) return NaN;
  if (x === 1) return 0;
  if (x === -1) return Math.PI + 2 * PIO2_LOW;
  if (size < 2 ** -57) return PIO2_HIGH + PIO2_LOW;
  if (size < 0.5) return PIO2_HIGH - (x - (PIO2_LOW - x * tail(x * x)));
  const z = (1 - size) * 0.5;
  const s = Math.sqrt(z);
  const r = tail(z);
  if (x < 0) return Math.PI - 2 * (s + (r * s - PIO2_LOW));
  const w = upper(s);
  const c = (z - w * w) / (s + w);
  return 2 * (w + (r * s + c));
}

/** atan at 0.5, 1, 1.5 and infinity, in two parts. */
const KNOWN = [
  [4.63647609000806093515e-1, 2.26987774529616870924e-17],
  [7.85398163397448278999e-1, 3.06161699786838301793e-17],
  [9.82793723247329054082e-1, 1.39033110312309984516e-17],
  [1.570796326794896558, 6.12323399573676603587e-17],
] as const;
const A = [
  3.33333333333329318027e-1, -1.99999999998764832476e-1, 1.42857142725034663711e-1,
  -1.1111110405462355788e-1, 9.09088713343650656196e-2, -7.69187620504482999495e-2,
  6.66107313738753120669e-2, -5.83357013379057348645e-2, 4.97687799461593236017e-2,
  -3.6531572744216915527e-2, 1.62858201153657823623e-2,
] as const;

export function atan(x: number): number {
  if (Number.isNaN(x)) return NaN;
  const size = Math.abs(x);
  if (size < 2 ** -27) return x;
  if (size >= 2 ** 66) return x < 0 ? -PIO2_HIGH - PIO2_LOW : PIO2_HIGH + PIO2_LOW;
  let known: (typeof KNOWN)[number] | undefined;
  let t = x;
  if (size >= 0.4375) {
    if (size < 0.6875) [known, t] = [KNOWN[0], (2 * size - 1) / (2 + size)];
    else if (size < 1.1875) [known, t] = [KNOWN[1], (size - 1) / (size + 1)];
    else if (size < 2.4375) [known, t] = [KNOWN[2], (size - 1.5) / (1 + 1.5 * size)];
    else [known, t] = [KNOWN[3], -1 / size];
  }
  const z = t * t;
  const w = z * z;
  const odd = z * (A[0] + w * (A[2] + w * (A[4] + w * (A[6] + w * (A[8] + w * A[10])))));
  const even = w * (A[1] + w * (A[3] + w * (A[5] + w * (A[7] + w * A[9]))));
  if (!known) return t - t * (odd + even);
  const value = known[0] - (t * (odd + even) - known[1] - t);
  return x < 0 ? -value : value;
}

export function atan2(y: number, x: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  const left = x < 0 || Object.is(x, -0);
  const below = y < 0 || Object.is(y, -0);
  const signed = (value: number): number => (below ? -value : value);
  if (y === 0) return left ? signed(Math.PI) : y;
  if (x === 0) return signed(PIO2_HIGH);
  if (Math.abs(y) === Infinity || Math.abs(x) === Infinity) {
    if (Math.abs(x) !== Infinity) return signed(PIO2_HIGH);
    if (Math.abs(y) !== Infinity) return signed(left ? Math.PI : 0);
    return signed(left ? (3 * Math.PI) / 4 : Math.PI / 4);
  }
  const ratio = Math.abs(y / x);
  const far = Math.abs(y) / 2 ** 60 > Math.abs(x);
  const angle = far ? PIO2_HIGH + 0.5 * PI_LOW : left && ratio < 2 ** -60 ? 0 : atan(ratio);
  if (far || !left) return signed(angle);
  return signed(Math.PI - (angle - PI_LOW));
}
