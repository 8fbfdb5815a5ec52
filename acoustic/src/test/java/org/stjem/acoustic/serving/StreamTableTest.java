package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamTableTest {
  private static final ClientIdentity GREEDY = new ClientIdentity("", "192.0.2.1");
  private static final ClientIdentity OTHER = new ClientIdentity("", "192.0.2.2");

  private final StreamFixture fixture = new StreamFixture(new FakeAcousticModel(3, 5), 10);
  private final StreamTable streams = fixture.streams;

  @Test
  void admit_clientWithAllItsStreams_isRefusedAndAnotherIsNot() {
    List<ScoreStream> open = new ArrayList<>();
    for (int i = 0; i < StreamFixture.MAX_STREAMS_PER_CLIENT; i++) {
      open.add(fixture.open(new FakeTransport(), GREEDY));
    }
    assertThatThrownBy(() -> streams.admit(GREEDY))
        .hasMessage(
            "RESOURCE_EXHAUSTED: this client has 8 streams already, the limit for each client;"
                + " try again later");
    fixture.open(new FakeTransport(), OTHER);
    open.get(0).close(Status.CANCELLED);
    streams.callEnded(GREEDY);
    fixture.open(new FakeTransport(), GREEDY);
  }

  @Test
  void admit_clientThatTakesNoLastMessages_isRefusedAndAnotherIsNot() {
    for (int i = 0; i < 2 * StreamFixture.MAX_STREAMS_PER_CLIENT; i++) {
      fixture.open(new FakeTransport(), GREEDY).close(Status.CANCELLED);
    }
    assertThat(streams.size()).isZero();
    assertThatThrownBy(() -> streams.admit(GREEDY))
        .hasMessage(
            "RESOURCE_EXHAUSTED: this client does not take the last messages of its streams, 16 of"
                + " them; try again later");
    fixture.open(new FakeTransport(), OTHER);
  }
}
