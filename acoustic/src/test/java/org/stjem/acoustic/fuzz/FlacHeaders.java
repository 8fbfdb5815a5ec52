package org.stjem.acoustic.fuzz;

/** Sets the checksums of FLAC frames right, which a fuzzer would hardly find by chance. */
final class FlacHeaders {
  private static final int FIRST_FRAME = 42;
  private static final int SHORTEST_FRAME = 9;

  private FlacHeaders() {}

  /** Takes every sync code for the start of a frame, and mends the file in place. */
  static void mendChecksums(byte[] file) {
    int start = nextSync(file, FIRST_FRAME);
    while (start < file.length) {
      int end = nextSync(file, start + SHORTEST_FRAME);
      int headerEnd = start + headerLength(file, start);
      if (headerEnd < end - 2) {
        file[headerEnd] = (byte) crc(file, start, headerEnd, 8, 0x07);
        int crc = crc(file, start, end - 2, 16, 0x8005);
        file[end - 2] = (byte) (crc >> 8);
        file[end - 1] = (byte) crc;
      }
      start = end;
    }
  }

  private static int nextSync(byte[] file, int from) {
    for (int i = from; i + 1 < file.length; i++) {
      if (file[i] == (byte) 0xFF && (file[i + 1] & 0xFE) == 0xF8) {
        return i;
      }
    }
    return file.length;
  }

  /** Bytes of a frame header without its checksum. */
  private static int headerLength(byte[] file, int start) {
    int[] header = new int[5];
    for (int i = 0; i < header.length && start + i < file.length; i++) {
      header[i] = file[start + i] & 0xFF;
    }
    int leadingOnes = Integer.numberOfLeadingZeros(~(header[4] << 24));
    int number = leadingOnes == 0 ? 1 : leadingOnes;
    int sizeCode = header[2] >> 4;
    int size = sizeCode == 6 ? 1 : sizeCode == 7 ? 2 : 0;
    int rateCode = header[2] & 0xF;
    int rate = rateCode == 12 ? 1 : rateCode == 13 || rateCode == 14 ? 2 : 0;
    return 4 + number + size + rate;
  }

  private static int crc(byte[] file, int from, int to, int width, int polynomial) {
    int crc = 0;
    for (int i = from; i < to; i++) {
      crc ^= (file[i] & 0xFF) << width - 8;
      for (int bit = 0; bit < 8; bit++) {
        boolean carry = (crc >> width - 1 & 1) != 0;
        crc = (crc << 1 ^ (carry ? polynomial : 0)) & (1 << width) - 1;
      }
    }
    return crc;
  }
}
