package org.stjem.frontend.reverb;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.stjem.frontend.io.StjemException;

/**
 * The impulse response of a shoebox room with speaker and microphone at random places, made by the
 * image-source method when it is first used.
 */
public final class SimulatedRir implements Rir {
  /** Speaker and microphone keep this distance from the walls. */
  private static final double MARGIN_M = 0.5;

  private static final double SEATED_M = 1.0;
  private static final double STANDING_M = 1.7;
  private static final int MAX_TRIES = 10_000;

  private final Room room;
  private final SourceDistance distance;
  private final double[] microphone = new double[3];
  private final double[] source = new double[3];
  private final Map<Integer, ImpulseResponse> responses = new ConcurrentHashMap<>();

  private SimulatedRir(Room room, SourceDistance distance, Random random) {
    this.room = room;
    this.distance = distance;
    for (int i = 0; i < MAX_TRIES; i++) {
      if (place(random)) {
        return;
      }
    }
    throw new StjemException(
        "no place in the " + room.label() + " room for a distance of " + distance.metres() + " m");
  }

  /**
   * Responses of {@code perCondition} random places for every room and distance.
   *
   * @throws StjemException if these would be none
   */
  public static List<Rir> bank(
      List<Room> rooms, List<SourceDistance> distances, int perCondition, long seed) {
    if (rooms.isEmpty() || distances.isEmpty() || perCondition < 1) {
      throw new StjemException(
          "at least one room, distance and impulse response per condition are needed, not "
              + rooms.size()
              + ", "
              + distances.size()
              + " and "
              + perCondition);
    }
    List<Rir> bank = new ArrayList<>();
    for (Room room : rooms) {
      for (SourceDistance distance : distances) {
        for (int i = 0; i < perCondition; i++) {
          String name = room.label() + " " + distance.label() + " " + i;
          bank.add(new SimulatedRir(room, distance, SeededRandom.of(seed, name)));
        }
      }
    }
    return bank;
  }

  private boolean place(Random random) {
    double[] size = room.size();
    microphone[0] = between(MARGIN_M, size[0] - MARGIN_M, random);
    microphone[1] = between(MARGIN_M, size[1] - MARGIN_M, random);
    microphone[2] = between(SEATED_M, STANDING_M, random);
    source[2] = between(SEATED_M, STANDING_M, random);
    double angle = between(0, 2 * Math.PI, random);
    double height = source[2] - microphone[2];
    // NaN where the heights alone are further apart than the distance; then no place is inside.
    double radius = Math.sqrt(distance.metres() * distance.metres() - height * height);
    source[0] = microphone[0] + radius * Math.cos(angle);
    source[1] = microphone[1] + radius * Math.sin(angle);
    return source[0] >= MARGIN_M
        && source[0] <= size[0] - MARGIN_M
        && source[1] >= MARGIN_M
        && source[1] <= size[1] - MARGIN_M;
  }

  private static double between(double low, double high, Random random) {
    return low + (high - low) * random.nextDouble();
  }

  @Override
  public Condition condition() {
    return new Condition(room.label(), room.t60(), distance.label());
  }

  @Override
  public ImpulseResponse at(int sampleRate) {
    return responses.computeIfAbsent(
        sampleRate,
        rate -> {
          ImageSource images = new ImageSource(rate);
          float[] taps = images.response(room.size(), source, microphone, room.t60());
          return new ImpulseResponse(rate, taps, images.direct());
        });
  }
}
