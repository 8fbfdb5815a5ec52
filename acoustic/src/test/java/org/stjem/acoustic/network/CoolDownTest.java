package org.stjem.acoustic.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CoolDownTest {
  private static final long NANOS = 1_000;
  private static final ClientAddress ONE = new ClientAddress("192.0.2.1");
  private static final ClientAddress OTHER = new ClientAddress("192.0.2.2");

  private final CoolDown coolDown = new CoolDown(NANOS);

  @Test
  void left_addressThatWasTold_isTheRestOfItsTime() {
    coolDown.begin(ONE, 5);
    assertThat(coolDown.left(ONE, 5)).isEqualTo(NANOS);
    assertThat(coolDown.left(ONE, 1_004)).isEqualTo(1);
    assertThat(coolDown.left(OTHER, 1_004)).isZero();
    assertThat(coolDown.left(ONE, 1_005)).isZero();
    assertThat(coolDown.size()).isZero();
  }

  @Test
  void begin_addressThatIsToldAgain_waitsAnew() {
    coolDown.begin(ONE, 0);
    coolDown.begin(OTHER, 400);
    coolDown.begin(ONE, 900);
    assertThat(coolDown.left(ONE, 1_500)).isEqualTo(400);
    assertThat(coolDown.left(OTHER, 1_500)).isZero();
  }

  @Test
  void begin_addressesThatNeverComeBack_areForgotten() {
    for (int i = 0; i < 100_000; i++) {
      coolDown.begin(new ClientAddress("2001:db8:" + i + "/64"), i);
    }
    assertThat(coolDown.size()).isEqualTo((int) NANOS);
  }

  @Test
  void left_clockThatOverflows_goesOn() {
    coolDown.begin(ONE, Long.MAX_VALUE - 10);
    assertThat(coolDown.left(ONE, Long.MIN_VALUE + 10)).isEqualTo(NANOS - 21);
  }
}
