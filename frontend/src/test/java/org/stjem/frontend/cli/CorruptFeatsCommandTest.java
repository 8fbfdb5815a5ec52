package org.stjem.frontend.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

class CorruptFeatsCommandTest {
  @TempDir private Path folder;

  private String ark(String name) {
    return "ark:" + folder.resolve(name);
  }

  private static FloatMatrix features(long seed) {
    FloatMatrix features = new FloatMatrix(50, 12);
    Random random = new Random(seed);
    for (int i = 0; i < features.data().length; i++) {
      features.data()[i] = (float) random.nextGaussian();
    }
    return features;
  }

  private void write(FloatMatrix first, FloatMatrix second) {
    try (TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(ark("f"))) {
      writer.write("a", first);
      writer.write("b", second);
      writer.commit();
    }
  }

  private static Map<String, FloatMatrix> read(String rspecifier) {
    Map<String, FloatMatrix> all = new LinkedHashMap<>();
    try (var reader = Tables.readFloatMatrices(rspecifier)) {
      while (reader.next()) {
        all.put(reader.key(), reader.value());
      }
    }
    return all;
  }

  private static int run(String... arguments) {
    return Cli.run("frontend", Main.COMMANDS, arguments);
  }

  @Test
  void masks_sayWhatWasSpoilt_theSameForTheSameSeed() {
    write(features(1), features(2));
    String[] line = {
      "corrupt-feats", "--kind=patches", "--masks=" + ark("m"), "--length=4", ark("f"), ark("s")
    };
    assertThat(run(line)).isZero();
    Map<String, FloatMatrix> masks = read(ark("m"));
    Map<String, FloatMatrix> spoilt = read(ark("s"));
    assertThat(masks.keySet()).containsExactly("a", "b");
    FloatMatrix given = features(2);
    for (int i = 0; i < given.data().length; i++) {
      if (masks.get("b").data()[i] == 0) {
        assertThat(spoilt.get("b").data()[i]).isEqualTo(given.data()[i]);
      } else {
        assertThat(spoilt.get("b").data()[i]).isLessThan(-0.5f);
      }
    }
    assertThat(masks.get("a").data()).isNotEqualTo(masks.get("b").data());
    line[5] = ark("again");
    assertThat(run(line)).isZero();
    assertThat(read(ark("again")).get("a").data()).isEqualTo(spoilt.get("a").data());
  }

  @Test
  void utterancesWithNaN_areLeftOut_andOptionsOutOfRangeRefused() {
    FloatMatrix bad = features(1);
    bad.set(3, 4, Float.NaN);
    write(bad, features(2));
    assertThat(run("corrupt-feats", ark("f"), ark("s"))).isZero();
    assertThat(read(ark("s")).keySet()).containsExactly("b");
    assertThat(run("corrupt-feats", "--share=0.95", ark("f"), ark("t"))).isOne();
    assertThat(run("corrupt-feats", "--kind=holes", ark("f"), ark("t"))).isOne();
    assertThat(folder.resolve("t")).doesNotExist();
  }
}
