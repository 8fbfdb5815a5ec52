package org.stjem.acoustic.options;

import java.util.List;
import org.stjem.frontend.options.OptionGroup;

/** The headings of the help of trainings, of speech and of images. */
public final class TrainingHelp {
  /** The groups, everyday options first. */
  public static final List<OptionGroup> GROUPS =
      List.of(
          new OptionGroup(
              "Everyday options",
              List.of(
                  "--objective",
                  "--transition-model",
                  "--num-pdfs",
                  "--held-out-feats",
                  "--held-out-ali",
                  "--num-held-out",
                  "--labels-per-class",
                  "--num-epochs",
                  "--learn-rate",
                  "--seed",
                  "--init",
                  "--restart",
                  "--device",
                  "--num-threads")),
          new OptionGroup(
              "Several heads",
              List.of("--head", "--utterance-head", "--first-head", "--head-weight")),
          new OptionGroup(
              "Features and network",
              List.of(
                  "--feature-*",
                  "--frame-shift",
                  "--network",
                  "--filters",
                  "--hidden-layers",
                  "--activation",
                  "--left-context",
                  "--right-context",
                  "--depth",
                  "--width",
                  "--batch-norm",
                  "--pixel-noise")),
          new OptionGroup(
              "Updates",
              List.of(
                  "--minibatch-size",
                  "--warmup-steps",
                  "--weight-decay",
                  "--average-weights",
                  "--dropout",
                  "--label-smoothing",
                  "--energy-weight")),
          new OptionGroup(
              "Samples",
              List.of(
                  "--sgld-*",
                  "--denominator-weight",
                  "--sample-every",
                  "--buffer-size",
                  "--reinit-prob",
                  "--start*")),
          new OptionGroup(
              "Further data and terms",
              List.of("--unlabelled*", "--negative*", "--sample-weight", "--gradient-penalty")),
          new OptionGroup(
              "How the run goes and is watched",
              List.of(
                  "--keep",
                  "--on-divergence",
                  "--log-interval",
                  "--checkpoint-interval",
                  "--max-failed")));

  private TrainingHelp() {}
}
