package org.stjem.frontend.reverb;

import java.util.Random;
import org.stjem.frontend.io.ByteText;

/** Random numbers that depend on a seed and a name alone, not on the order of the names. */
public final class SeededRandom {
  private SeededRandom() {}

  /** A generator for {@code name}; the same for the same arguments on every machine. */
  public static Random of(long seed, String name) {
    // FNV-1a over the name, then the finaliser of MurmurHash3, for generators of similar names or
    // seeds start alike otherwise.
    long hash = 0xcbf29ce484222325L;
    for (byte b : ByteText.encode(name)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return new Random(mix(hash + mix(seed)));
  }

  private static long mix(long x) {
    long y = (x ^ (x >>> 33)) * 0xff51afd7ed558ccdL;
    y = (y ^ (y >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return y ^ (y >>> 33);
  }
}
