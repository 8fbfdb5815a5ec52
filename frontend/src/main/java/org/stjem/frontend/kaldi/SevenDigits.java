package org.stjem.frontend.kaldi;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Formats numbers as C's {@code %.7g}, the precision Kaldi gives its text forms
 * (base/io-funcs-inl.h, InitKaldiOutputStream), so that text tables agree to the last character.
 */
final class SevenDigits {
  /** Most bytes that a number takes: sign, digits, point and exponent. */
  static final int LONGEST = 16;

  private static final int DIGITS = 7;
  private static final int TEN_TO_6 = 1_000_000;
  private static final MathContext ROUNDING = new MathContext(DIGITS, RoundingMode.HALF_EVEN);

  /** Powers of ten that a double holds exactly. */
  private static final double[] POWERS = new double[23];

  static {
    POWERS[0] = 1;
    for (int i = 1; i < POWERS.length; i++) {
      POWERS[i] = POWERS[i - 1] * 10;
    }
  }

  private SevenDigits() {}

  /** Writes {@code value} to {@code out} from {@code at} on and returns where it ends. */
  static int format(double value, byte[] out, int at) {
    if (Double.isNaN(value)) {
      return ascii("nan", out, at);
    }
    int end = at;
    if (Double.doubleToRawLongBits(value) < 0) {
      out[end++] = '-';
    }
    double magnitude = Math.abs(value);
    if (magnitude == 0) {
      out[end++] = '0';
      return end;
    }
    if (Double.isInfinite(magnitude)) {
      return ascii("inf", out, end);
    }
    int exponent = (int) Math.floor(Math.log10(magnitude));
    double scaled = scale(magnitude, DIGITS - 1 - exponent);
    if (scaled >= 10.0 * TEN_TO_6) {
      exponent++;
      scaled = scale(magnitude, DIGITS - 1 - exponent);
    } else if (scaled < TEN_TO_6) {
      exponent--;
      scaled = scale(magnitude, DIGITS - 1 - exponent);
    }
    int digits = (int) scaled;
    double fraction = scaled - digits;
    // One rounded product cannot tell which side of a half the exact value lies on.
    if (Double.isNaN(scaled) || Math.abs(fraction - 0.5) < 1e-6) {
      BigDecimal exact = new BigDecimal(magnitude).round(ROUNDING);
      exponent = exact.precision() - exact.scale() - 1;
      digits = exact.movePointRight(DIGITS - 1 - exponent).intValueExact();
    } else if (fraction > 0.5) {
      digits++;
    }
    if (digits == 10 * TEN_TO_6) {
      digits = TEN_TO_6;
      exponent++;
    }
    return layOut(digits, exponent, out, end);
  }

  /** {@code magnitude} times ten to {@code power}, rounded once; NaN where that takes more. */
  private static double scale(double magnitude, int power) {
    if (Math.abs(power) >= POWERS.length) {
      return Double.NaN;
    }
    return power >= 0 ? magnitude * POWERS[power] : magnitude / POWERS[-power];
  }

  /** Writes seven digits whose first stands for ten to {@code exponent}. */
  private static int layOut(int digits, int exponent, byte[] out, int at) {
    int significant = DIGITS;
    int rest = digits;
    while (significant > 1 && rest % 10 == 0) {
      rest /= 10;
      significant--;
    }
    int end = at;
    if (exponent >= DIGITS || exponent < -4) {
      end = digits(rest, significant, 1, out, end);
      out[end++] = 'e';
      out[end++] = (byte) (exponent < 0 ? '-' : '+');
      int size = Math.abs(exponent);
      if (size >= 100) {
        out[end++] = (byte) ('0' + size / 100);
      }
      out[end++] = (byte) ('0' + size / 10 % 10);
      out[end++] = (byte) ('0' + size % 10);
      return end;
    }
    if (exponent < 0) {
      out[end++] = '0';
      out[end++] = '.';
      for (int i = exponent + 1; i < 0; i++) {
        out[end++] = '0';
      }
      return digits(rest, significant, significant, out, end);
    }
    if (significant <= exponent) {
      end = digits(rest, significant, significant, out, end);
      for (int i = significant; i <= exponent; i++) {
        out[end++] = '0';
      }
      return end;
    }
    return digits(rest, significant, exponent + 1, out, end);
  }

  /** Writes {@code count} digits with a point behind the first {@code whole}, if any follow. */
  private static int digits(int value, int count, int whole, byte[] out, int at) {
    int end = at + count + (whole < count ? 1 : 0);
    int rest = value;
    for (int i = count - 1, to = end - 1; i >= 0; i--, to--) {
      if (i == whole - 1 && whole < count) {
        out[to--] = '.';
      }
      out[to] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return end;
  }

  private static int ascii(String text, byte[] out, int at) {
    for (int i = 0; i < text.length(); i++) {
      out[at + i] = (byte) text.charAt(i);
    }
    return at + text.length();
  }
}
