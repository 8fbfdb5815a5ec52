package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.stjem.acoustic.serving.SameBits.assertSameBits;
import static org.stjem.acoustic.serving.StreamFixture.audio;
import static org.stjem.acoustic.serving.StreamFixture.chunk;
import static org.stjem.acoustic.serving.StreamFixture.end;
import static org.stjem.acoustic.serving.StreamFixture.start;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.stjem.frontend.cmvn.Cmvn;
import org.stjem.frontend.cmvn.CmvnStats;
import org.stjem.frontend.fbank.FbankExtractor;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.Audio;
import org.stjem.proto.v1.ModelInfo;
import org.stjem.proto.v1.ScoreKind;
import org.stjem.proto.v1.ScoreRequest;
import org.stjem.proto.v1.ScoreStart;

/** Streams whose features the server makes. */
class AudioStreamTest {
  private static final int DIM = 6;
  private static final int PDFS = 5;

  private final FakeTransport transport = new FakeTransport();

  private static ScoreStart.Builder wanted() {
    return ScoreStart.newBuilder().setKind(ScoreKind.SCORE_KIND_LOGIT).setAudioSampleRateHz(16_000);
  }

  private static short[] samples(int count) {
    Random random = new Random(8);
    short[] samples = new short[count];
    for (int i = 0; i < count; i++) {
      samples[i] = (short) (3000 * Math.sin(i * 0.02) + 500 * random.nextGaussian());
    }
    return samples;
  }

  /** What {@code frontend fbank} makes of the same audio under the key u1. */
  private static FloatMatrix features(short[] samples) {
    FbankOptions options = new FbankOptions();
    options.numMelBins = DIM;
    FbankExtractor extractor = new FbankExtractor(options);
    extractor.start(1, FbankExtractor.seedOf(0, "u1"));
    float[] wave = new float[samples.length];
    for (int i = 0; i < wave.length; i++) {
      wave[i] = samples[i];
    }
    return extractor.compute(wave);
  }

  private void send(StreamFixture server, ScoreStart.Builder start, short[] samples, Random cuts) {
    ScoreStream stream = server.open(transport);
    stream.onNext(start(start));
    int at = 0;
    while (at < samples.length) {
      int to = Math.min(samples.length, at + cuts.nextInt(3000));
      int asked = transport.requested;
      stream.onNext(audio(Arrays.copyOfRange(samples, at, to)));
      server.work();
      assertThat(transport.requested).isEqualTo(asked + 1);
      at = to;
    }
    stream.onNext(end());
    server.work();
  }

  @Test
  void audio_ofAModelWithoutNormalisation_givesRowsOnTheWay() {
    FakeAcousticModel model = new FakeAcousticModel(DIM, PDFS, "none");
    short[] samples = samples(40_000);
    FloatMatrix expected = model.logits(features(samples));
    for (int seed = 0; seed < 5; seed++) {
      StreamFixture server = new StreamFixture(model, 16);
      transport.sent.clear();
      send(server, wanted(), samples, new Random(seed));
      assertThat(transport.last().getNumFrames()).isEqualTo(expected.rows());
      assertThat(transport.last().getNumSamples()).isEqualTo(40_000);
      assertThat(transport.sent.size()).isGreaterThan(10);
      assertSameBits(transport.rows().data(), expected.data());
    }
  }

  @Test
  void audio_ofAModelWithUtteranceMeans_givesRowsAtTheEnd() {
    FakeAcousticModel model = new FakeAcousticModel(DIM, PDFS);
    StreamFixture server = new StreamFixture(model, 16);
    short[] samples = samples(40_000);
    ScoreStream stream = server.open(transport);
    stream.onNext(start(wanted()));
    stream.onNext(audio(samples));
    server.work();
    assertThat(transport.rowsSent()).isZero();
    assertThat(server.heldBytes).hasValueGreaterThan(0);
    stream.onNext(end());
    server.work();
    FloatMatrix features = features(samples);
    CmvnStats stats = new CmvnStats(DIM);
    stats.accumulate(features);
    FloatMatrix expected = model.logits(Cmvn.normalising(stats, false).apply(features));
    assertSameBits(transport.rows().data(), expected.data());
    assertThat(server.heldBytes).hasValue(0);
    ModelInfo info = server.models.info("", "");
    assertThat(info.getAudioSampleRateHz()).isEqualTo(16_000);
    assertThat(info.getAudioRowsAfterEnd()).isTrue();
  }

  @Test
  void audio_goneOnWith_givesTheRestOfTheRows() {
    FakeAcousticModel model = new FakeAcousticModel(DIM, PDFS);
    StreamFixture server = new StreamFixture(model, 16);
    short[] samples = samples(30_000);
    send(server, wanted(), samples, new Random(1));
    FloatMatrix whole = transport.rows();
    transport.sent.clear();
    send(server, wanted().setNextFrame(77), samples, new Random(2));
    assertThat(transport.sent.get(1).getRows().getFirstFrame()).isEqualTo(77);
    assertThat(transport.last().getNumRows()).isEqualTo(whole.rows() - 77);
    assertSameBits(transport.rows().data(), whole.rows(77, whole.rows()).data());
  }

  @Test
  void audio_tooShortForAFrame_givesNoRows() {
    for (String normalisation : new String[] {"none", "per-utterance mean"}) {
      transport.sent.clear();
      StreamFixture server = new StreamFixture(new FakeAcousticModel(DIM, PDFS, normalisation), 16);
      send(server, wanted(), samples(300), new Random(1));
      assertThat(transport.last().getNumRows()).isZero();
      assertThat(transport.last().getNumSamples()).isEqualTo(300);
    }
  }

  @Test
  void audio_moreThanMayBeHeld_isRefusedAndFreed() {
    StreamFixture server = new StreamFixture(new FakeAcousticModel(DIM, PDFS), 16);
    int tooManyFrames = (int) (StreamFixture.MAX_HELD_BYTES / (Float.BYTES * DIM)) + 10;
    ScoreStream stream = server.open(transport);
    stream.onNext(start(wanted()));
    stream.onNext(audio(samples(160 * tooManyFrames)));
    server.work();
    assertThat(transport.sentence())
        .startsWith("RESOURCE_EXHAUSTED: the server holds 0 MiB of utterances back");
    assertThat(server.heldBytes).hasValue(0);
    assertThat(server.streams.size()).isZero();
  }

  @Test
  void audio_cancelled_isFreed() {
    StreamFixture server = new StreamFixture(new FakeAcousticModel(DIM, PDFS), 16);
    ScoreStream stream = server.open(transport);
    stream.onNext(start(wanted()));
    stream.onNext(audio(samples(16_000)));
    server.work();
    assertThat(server.heldBytes).hasValueGreaterThan(0);
    stream.close(Status.CANCELLED);
    assertThat(server.heldBytes).hasValue(0);
  }

  @Test
  void audio_longMessage_isUsedInFairTurns() {
    StreamFixture server = new StreamFixture(new FakeAcousticModel(DIM, PDFS), 16);
    ScoreStream stream = server.open(transport);
    stream.onNext(start(wanted()));
    stream.onNext(audio(samples(100_000)));
    int turns = 0;
    while (!server.turns.isEmpty()) {
      server.turn();
      turns++;
    }
    assertThat(turns).isGreaterThan(100_000 / 160 / (16 + 8) - 2);
  }

  @Test
  void audio_otherRate_isRefused() {
    StreamFixture server = new StreamFixture(new FakeAcousticModel(DIM, PDFS), 16);
    server.open(transport).onNext(start(wanted().setAudioSampleRateHz(8_000)));
    assertThat(transport.sentence())
        .isEqualTo(
            "FAILED_PRECONDITION: the audio is sampled at 8000 Hz, model 'fake' takes 16000 Hz");
  }

  @Test
  void audio_ofAModelThatDoesNotSayHow_isRefused() {
    StreamFixture server =
        new StreamFixture(new FakeAcousticModel(DIM, PDFS, "whitened by hand"), 16);
    server.open(transport).onNext(start(wanted()));
    assertThat(transport.sentence())
        .isEqualTo("FAILED_PRECONDITION: model 'fake' takes features only, no audio");
  }

  @Test
  void audio_endsWithinASample_isRefused() {
    StreamFixture server = new StreamFixture(new FakeAcousticModel(DIM, PDFS), 16);
    ScoreStream stream = server.open(transport);
    stream.onNext(start(wanted()));
    stream.onNext(
        ScoreRequest.newBuilder()
            .setAudio(Audio.newBuilder().setSamples(ByteString.copyFrom(new byte[5])))
            .build());
    assertThat(transport.sentence())
        .isEqualTo("INVALID_ARGUMENT: 5 bytes are not a whole number of 16-bit samples");
  }

  @Test
  void features_whereAudioWasAnnounced_areRefused() {
    FakeAcousticModel model = new FakeAcousticModel(DIM, PDFS);
    StreamFixture server = new StreamFixture(model, 16);
    ScoreStream stream = server.open(transport);
    stream.onNext(start(wanted()));
    stream.onNext(chunk(model.features(3, 1)));
    assertThat(transport.sentence())
        .isEqualTo("INVALID_ARGUMENT: features where the start message announced audio");
  }
}
