package org.stjem.acoustic.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.ebm.AddedTerms;
import org.stjem.acoustic.ebm.ChainStart;
import org.stjem.acoustic.ebm.ChainTarget;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.Engines;
import org.stjem.acoustic.ebm.LabelledRows;
import org.stjem.acoustic.ebm.Objective;
import org.stjem.acoustic.ebm.OnDivergence;
import org.stjem.acoustic.ebm.Sampling;
import org.stjem.acoustic.ebm.Schedule;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.ebm.Sgld;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.acoustic.ebm.TestDevice;
import org.stjem.acoustic.ebm.Trainer;
import org.stjem.acoustic.ebm.TrainerOptions;
import org.stjem.acoustic.ebm.TrainingData;
import org.stjem.acoustic.ebm.TrainingListener;
import org.stjem.acoustic.ebm.TrainingStatus;
import org.stjem.acoustic.export.SmallModels;

/** A convolutional network in the trainer, with samples and the gradient penalty. */
class ConvolutionalTrainingTest {
  private static final ModelDescription DESCRIPTION =
      SmallModels.description("cnn", List.of(4, 6), 4, 4, 8, List.of(10), 3, 1);

  private static final TrainerOptions OPTIONS =
      new TrainerOptions(
          Objective.ST_JEM,
          new AddedTerms(0, 0, 0, 0, 0.01, 0, 1, 1),
          new Schedule(3, 20, 1e-2, 5, 0.01, 0.9),
          new Sampling(
              4,
              2,
              new Sgld(3, 1, 0.01),
              3,
              ChainTarget.UNCONDITIONAL,
              ChainStart.UNIFORM,
              3,
              50,
              0.05,
              false),
          9);

  @TempDir private Path folder;

  /** More of them would wait for each other at each of the many small convolutions. */
  @BeforeAll
  static void useOneThread() {
    Engines.device("cpu");
    JniUtils.setNumThreads(1);
  }

  @Test
  void resume_givesTheWeightsOfAnUnbrokenRun() throws IOException {
    Path checkpoint = folder.resolve("checkpoint");
    class Stop extends RuntimeException {
      private static final long serialVersionUID = 1L;
    }

    List<float[]> unbroken;
    try (EnergyNetwork network = TorchModels.newNetwork(DESCRIPTION, TestDevice.get());
        Trainer trainer = trainer(network, step -> {})) {
      List<float[]> fresh = values(network);
      trainer.run(null, 1000, 10, OnDivergence.STOP);
      unbroken = values(network);
      for (int i = 0; i < fresh.size(); i++) {
        assertThat(unbroken.get(i)).as("tensor %d", i).isNotEqualTo(fresh.get(i));
      }
    }
    try (EnergyNetwork network = TorchModels.newNetwork(DESCRIPTION, TestDevice.get());
        Trainer trainer =
            trainer(
                network,
                step -> {
                  if (step == 14) {
                    throw new Stop();
                  }
                })) {
      assertThatThrownBy(() -> trainer.run(checkpoint, 7, 10, OnDivergence.STOP))
          .isInstanceOf(Stop.class);
    }
    try (EnergyNetwork network = TorchModels.newNetwork(DESCRIPTION, TestDevice.get());
        Trainer trainer = trainer(network, step -> {})) {
      assertThat(trainer.resume(checkpoint)).isTrue();
      assertThat(trainer.step()).isEqualTo(14);
      trainer.run(checkpoint, 7, 10, OnDivergence.STOP);
      assertThat(values(network)).usingRecursiveComparison().isEqualTo(unbroken);
    }
  }

  private interface AtCheckpoint {
    void written(long step);
  }

  private static Trainer trainer(EnergyNetwork network, AtCheckpoint listener) {
    return new Trainer(
        network,
        TrainingData.of(new Bumps()),
        OPTIONS,
        new TrainingListener() {
          @Override
          public void interval(TrainingStatus status) {}

          @Override
          public void checkpointWritten(long step) {
            listener.written(step);
          }
        },
        InstantSource.system());
  }

  private static List<float[]> values(EnergyNetwork network) {
    return network.weights().values().stream().map(Tensor::values).toList();
  }

  /** Noise, and for each class a bump in other bins. */
  private static final class Bumps implements LabelledRows {
    private final float[][] rows = new float[200][9 * 8];

    Bumps() {
      SeededRandom random = new SeededRandom(5, 0);
      for (int row = 0; row < rows.length; row++) {
        for (int i = 0; i < rows[row].length; i++) {
          boolean bump = i % 8 / 3 == label(row);
          rows[row][i] = (float) (random.nextGaussian() + (bump ? 2 : 0));
        }
      }
    }

    @Override
    public int size() {
      return rows.length;
    }

    @Override
    public int rowSize() {
      return rows[0].length;
    }

    @Override
    public int classes() {
      return 3;
    }

    @Override
    public int label(int index) {
      return index % 3;
    }

    @Override
    public void copyRow(int index, float[] target, int offset, SeededRandom random) {
      System.arraycopy(rows[index], 0, target, offset, rows[index].length);
    }
  }
}
