package org.stjem.acoustic.serving;

import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import org.stjem.acoustic.net.ContextBuffer;
import org.stjem.frontend.fbank.FbankExtractor;
import org.stjem.frontend.kaldi.FloatMatrix;

/** Features made from audio, normalised as the model was trained. */
final class AudioSource implements FrameSource {
  private final FbankExtractor extractor;
  private final FeatureNormaliser normaliser;
  private final int shift;
  private long frames;
  private long samples;
  private boolean ended;

  /**
   * A source at the start of a recording.
   *
   * @param extractor just started
   * @param shift samples from one frame to the next
   */
  AudioSource(FbankExtractor extractor, int shift, FeatureNormaliser normaliser) {
    this.extractor = extractor;
    this.shift = shift;
    this.normaliser = normaliser;
  }

  @Override
  public int read(Chunk chunk, int from, int maxFrames, ContextBuffer into) {
    int left = (chunk.data().size() - from) / Short.BYTES;
    int count = (int) Math.min(left, (long) maxFrames * shift);
    ShortBuffer packed =
        chunk
            .data()
            .substring(from, from + Short.BYTES * count)
            .asReadOnlyByteBuffer()
            .order(ByteOrder.LITTLE_ENDIAN)
            .asShortBuffer();
    float[] wave = new float[count];
    for (int i = 0; i < count; i++) {
      wave[i] = packed.get(i);
    }
    samples += count;
    give(extractor.accept(wave), into);
    return Short.BYTES * count;
  }

  private void give(FloatMatrix features, ContextBuffer into) {
    frames += features.rows();
    into.append(normaliser.accept(features));
  }

  @Override
  public boolean finish(int maxFrames, ContextBuffer into) {
    if (!ended) {
      ended = true;
      give(extractor.finish(), into);
    }
    FloatMatrix owed = normaliser.finish(maxFrames);
    into.append(owed);
    return owed.rows() > 0;
  }

  @Override
  public int framesIn(Chunk chunk, int from) {
    return (chunk.data().size() - from) / (Short.BYTES * shift);
  }

  @Override
  public long frames() {
    return frames;
  }

  @Override
  public int framesOwed() {
    return normaliser.framesOwed();
  }

  @Override
  public long samples() {
    return samples;
  }

  @Override
  public void close() {
    normaliser.close();
  }
}
