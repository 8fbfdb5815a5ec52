package org.stjem.frontend.kaldi;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SevenDigitsTest {

  private static String format(double value) {
    byte[] bytes = new byte[SevenDigits.LONGEST];
    return new String(bytes, 0, SevenDigits.format(value, bytes, 0), StandardCharsets.US_ASCII);
  }

  /** The expected texts are those of C's printf. */
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0.0, -0",
    "1, 1",
    "-1.5, -1.5",
    "100000, 100000",
    "1000000, 1000000",
    "1234567, 1234567",
    "10000000, 1e+07",
    "12345678, 1.234568e+07",
    "1234567.5, 1234568",
    "1234566.5, 1234566",
    "0.0001, 0.0001",
    "0.00001, 1e-05",
    "0.00001234, 1.234e-05",
    "9.9999995, 9.999999",
    "9.99999951, 10",
    "9999999.5, 1e+07",
    "0.00099999995, 0.001",
    "1e22, 1e+22",
    "1e23, 1e+23",
    "1.7976931348623157e308, 1.797693e+308",
    "-1.7976931348623157e308, -1.797693e+308",
    "4.9e-324, 4.940656e-324",
    "1.17549435e-38, 1.175494e-38",
    "-15.9424, -15.9424",
    "NaN, nan",
    "Infinity, inf",
    "-Infinity, -inf"
  })
  void format_equalsPrintf(double value, String expected) {
    assertThat(format(value)).isEqualTo(expected);
  }

  @Test
  void format_ofRandomFloats_roundsTheExactValue() {
    Random random = new Random(7);
    for (int i = 0; i < 50_000; i++) {
      float value =
          i % 2 == 0
              ? Float.intBitsToFloat(random.nextInt())
              : (float) (random.nextGaussian() * Math.pow(10, random.nextInt(12) - 6));
      if (Float.isFinite(value) && value != 0) {
        BigDecimal exact = new BigDecimal(value).round(new MathContext(7, RoundingMode.HALF_EVEN));
        assertThat(new BigDecimal(format(value))).isEqualByComparingTo(exact);
      }
    }
  }
}
