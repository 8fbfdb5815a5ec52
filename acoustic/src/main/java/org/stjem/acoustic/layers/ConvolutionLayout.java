package org.stjem.acoustic.layers;

import java.util.ArrayList;
import java.util.List;

/**
 * The convolutions of a network from windows {@code [1, frames, bins]} to what its linear layers
 * see: a stem and residual stages. A convolution takes two frames or so off a window, and while the
 * window has more than nine, the stem and the reductions of the stages also halve it, so that wide
 * windows cost little more than narrow ones.
 *
 * @param stem the first convolution, of the window itself
 * @param stages what follows
 */
public record ConvolutionLayout(Convolution stem, List<ResidualStage> stages) {
  /** Filters of one convolution at most. */
  public static final int MOST_FILTERS = 4096;

  /** Stem and stages at most: after them a window of a million bins has one left. */
  public static final int MOST_STAGES = 20;

  private static final int STEM_BINS = 5;
  private static final int KERNEL = 3;
  private static final int STRIDE_BINS = 2;

  /** Frames up to which a window is not halved. */
  private static final int NARROW = 9;

  /**
   * The layout of a network.
   *
   * @param frames of a window
   * @param bins of a frame
   * @param filters of the stem and of each stage; checked by {@link #isValid}
   */
  public static ConvolutionLayout of(int frames, int bins, List<Integer> filters) {
    if (!isValid(filters)) {
      throw new IllegalArgumentException("filters " + filters);
    }
    Convolution stem = reduction(1, filters.get(0), frames, bins, STEM_BINS);
    List<ResidualStage> stages = new ArrayList<>();
    Convolution below = stem;
    for (int count : filters.subList(1, filters.size())) {
      Convolution reduction =
          reduction(below.filters(), count, below.outputFrames(), below.outputBins(), KERNEL);
      Convolution first = unit(reduction, reduction.outputFrames() < KERNEL ? 1 : KERNEL);
      Convolution second = unit(first, 1);
      stages.add(new ResidualStage(reduction, first, second));
      below = second;
    }
    return new ConvolutionLayout(stem, List.copyOf(stages));
  }

  /** Whether there is a network with such numbers of filters. */
  public static boolean isValid(List<Integer> filters) {
    return !filters.isEmpty()
        && filters.size() <= MOST_STAGES
        && filters.stream().allMatch(count -> count != null && count > 0 && count <= MOST_FILTERS);
  }

  private static Convolution reduction(
      int inputs, int filters, int frames, int bins, int kernelBins) {
    int stride = frames > NARROW ? 2 : 1;
    // One more where it needs that to reach the last frame.
    int kernel = Math.min(frames, KERNEL + (frames - KERNEL) % stride);
    return new Convolution(inputs, filters, frames, bins, kernel, kernelBins, stride, STRIDE_BINS);
  }

  private static Convolution unit(Convolution below, int kernelFrames) {
    return new Convolution(
        below.filters(),
        below.filters(),
        below.outputFrames(),
        below.outputBins(),
        kernelFrames,
        KERNEL,
        1,
        1);
  }

  /** All convolutions in the order of their computation. */
  public List<Convolution> convolutions() {
    List<Convolution> all = new ArrayList<>(List.of(stem));
    for (ResidualStage stage : stages) {
      all.addAll(List.of(stage.reduction(), stage.first(), stage.second()));
    }
    return all;
  }

  /** The last convolution, whose output {@code [filters, frames, bins]} the linear layers see. */
  public Convolution last() {
    return stages.isEmpty() ? stem : stages.get(stages.size() - 1).second();
  }

  /** Values that the linear layers see. */
  public long outputs() {
    return (long) last().filters() * last().outputFrames() * last().outputBins();
  }
}
