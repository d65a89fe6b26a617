import { Decimal128, Double } from 'bson';
import * as decimal from '../../bson/decimal.js';
import { Kind, type Num, fitsLong, integer, kindOf, toExact } from '../numbers.js';

/** A sum of doubles that keeps what each addition rounds off. */
class Compensated {
  private sum = 0;
  private rest = 0;
  /** Tells infinities and NaN, which the rest would spoil. */
  private plain = 0;

  add(value: number): void {
    this.plain += value;
    const [small, lost] = twoSum(value, this.rest);
    const [sum, rest] = twoSum(this.sum, small);
    this.sum = sum;
    this.rest = rest + lost;
  }

  get value(): number {
    return Number.isNaN(this.sum) ? this.plain : this.sum + this.rest;
  }

  get decimal(): decimal.Decimal {
    if (!Number.isFinite(this.sum)) return decimal.fromDouble(this.plain, 34);
    return decimal.add(decimal.fromDouble(this.sum, 34), decimal.fromDouble(this.rest, 34));
  }
}

function twoSum(a: number, b: number): [sum: number, error: number] {
  const sum = a + b;
  const part = sum - a;
  return [sum, a - (sum - part) + (b - part)];
}

/** The sum of numbers of any kind: exact for integers, and of the widest kind among them. */
export class Summation {
  private kind = Kind.Int;
  private whole = 0n;
  private readonly doubles = new Compensated();
  private decimals = decimal.fromBigInt(0n);
  count = 0;

  add(value: Num): void {
    this.count++;
    const kind = kindOf(value) as Kind;
    this.kind = Math.max(this.kind, kind);
    if (value instanceof Decimal128) {
      this.decimals = decimal.add(this.decimals, decimal.readDecimal(value));
    } else if (value instanceof Double) this.doubles.add(value.value);
    else this.whole += toExact(value);
  }

  get total(): Num {
    if (this.kind <= Kind.Long && fitsLong(this.whole)) return integer(this.whole, this.kind);
    return this.kind === Kind.Decimal
      ? decimal.writeDecimal(this.decimalTotal)
      : new Double(this.doubleTotal);
  }

  get average(): Num | null {
    if (this.count === 0) return null;
    if (this.kind !== Kind.Decimal) return new Double(this.doubleTotal / this.count);
    const count = decimal.fromBigInt(BigInt(this.count));
    return decimal.writeDecimal(decimal.divide(this.decimalTotal, count));
  }

  private get doubleTotal(): number {
    if (this.kind !== Kind.Double) return Number(this.whole);
    // Large longs are added in two halves that a double holds exactly.
    const low = BigInt.asIntN(32, this.whole);
    this.doubles.add(Number(low));
    this.doubles.add(Number(this.whole - low));
    this.whole = 0n;
    return this.doubles.value;
  }

  private get decimalTotal(): decimal.Decimal {
    const whole =
      this.whole === 0n
        ? this.decimals
        : decimal.add(this.decimals, decimal.fromBigInt(this.whole));
    return decimal.add(whole, this.doubles.decimal);
  }
}

/** Welford's method, as MongoDB does it. */
export class Deviation {
  private count = 0;
  private mean = 0;
  private squares = 0;

  constructor(private readonly isSample: boolean) {}

  add(value: number): void {
    this.count++;
    const delta = value - this.mean;
    if (delta !== 0 && Number.isFinite(delta)) {
      this.mean += delta / this.count;
      this.squares += delta * (value - this.mean);
    } else if (!Number.isFinite(delta)) {
      this.squares = NaN;
    }
  }

  get value(): Double | null {
    const divisor = this.isSample ? this.count - 1 : this.count;
    if (divisor <= 0) return null;
    return new Double(Math.sqrt(this.squares / divisor));
  }
}
