package org.stjem.acoustic.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SilenceHandlerTest {
  private final AtomicInteger closed = new AtomicInteger();
  private final EmbeddedChannel channel =
      EmbeddedChannel.builder()
          .handlers(new SilenceHandler(Duration.ofSeconds(60), closed::incrementAndGet))
          .build();

  private void after(int seconds) {
    channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
  }

  @Test
  void clientThatSendsNothing_isClosedAfterTheLimit() {
    channel.freezeTime();
    after(59);
    assertThat(channel.isOpen()).isTrue();
    after(2);
    assertThat(channel.isOpen()).isFalse();
    assertThat(closed).hasValue(1);
  }

  @Test
  void clientThatSendsNowAndThen_staysOpen() {
    channel.freezeTime();
    for (int i = 0; i < 5; i++) {
      after(50);
      channel.writeInbound(Unpooled.wrappedBuffer(new byte[1]));
    }
    assertThat(channel.isOpen()).isTrue();
    assertThat(closed).hasValue(0);
  }

  @Test
  void clientThatTakesNothing_isClosedThoughItSends() {
    channel.freezeTime();
    // Written but not flushed, it stays in the channel as bytes do that a client does not take.
    channel.write(Unpooled.wrappedBuffer(new byte[100]));
    after(50);
    channel.writeInbound(Unpooled.wrappedBuffer(new byte[1]));
    assertThat(channel.isOpen()).isTrue();
    after(50);
    assertThat(channel.isOpen()).isFalse();
    assertThat(closed).hasValue(1);
  }
}
