package org.stjem.frontend.audio;

import static org.stjem.frontend.audio.AudioFiles.ascii;
import static org.stjem.frontend.audio.AudioFiles.pcm16;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Small recordings whose headers go through what WAV and SPHERE files say of themselves: every
 * coding, sizes that hold and others, chunks in every place, and values of fields that no reader
 * can know. Each has a name for the table of results in {@code golden/audio-headers}.
 */
final class AudioHeaders {
  private static final int RATE = 16000;

  /** Six samples of 16 bits, whose bytes are no characters. */
  private static final byte[] SAMPLES = pcm16(1, -2, 258, -259, 32767, -32768);

  private static final byte[] LIST =
      join(ascii("INFOICMT"), new byte[] {4, 0, 0, 0}, ascii("note"));

  private final Map<String, byte[]> files = new LinkedHashMap<>();

  private AudioHeaders() {}

  /** All files by name. */
  static Map<String, byte[]> all() {
    AudioHeaders headers = new AudioHeaders();
    headers.codings();
    headers.sizes();
    headers.longSizes();
    headers.chunks();
    headers.fields();
    headers.sphereFiles();
    return headers.files;
  }

  /** Writes them into a folder that exists. */
  static void write(Path folder) throws IOException {
    for (Map.Entry<String, byte[]> file : all().entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue());
    }
  }

  private void codings() {
    for (Riff container : new Riff[] {Riff.of("RIFF"), Riff.of("RIFX"), Riff.of("RF64")}) {
      for (Coding coding : Coding.values()) {
        byte[] data = coding.samples(container.order);
        byte[] format = container.format(coding.code, 2, coding.bits);
        add(
            container.magic + "-" + coding,
            container.file(container.chunk("fmt ", format), container.chunk("data", data)));
        add(
            container.magic + "-extensible-" + coding,
            container.file(
                container.chunk("fmt ", container.extensible(coding.code, 2, coding.bits)),
                container.chunk("data", data)));
      }
    }
  }

  /** Sizes of the file and of the data, of which each may be right, left out or wrong. */
  private void sizes() {
    Riff riff = Riff.of("RIFF");
    byte[] format = riff.chunk("fmt ", riff.format(1, 1, 16));
    Map<String, byte[]> behind = new LinkedHashMap<>();
    behind.put("", new byte[0]);
    behind.put("-list", riff.chunk("LIST", LIST));
    for (Map.Entry<String, byte[]> rest : behind.entrySet()) {
      int whole = 4 + format.length + 8 + SAMPLES.length + rest.getValue().length;
      int[] fileSizes = {whole, 0, -1, 36, 0x7FFFF024};
      String[] fileNames = {"right", "0", "ffffffff", "36", "7ffff024"};
      int[] dataSizes = {SAMPLES.length, 0, -1, 0x7FFFF000, 6, SAMPLES.length + 1000};
      String[] dataNames = {"right", "0", "ffffffff", "7ffff000", "6", "1012"};
      for (int f = 0; f < fileSizes.length; f++) {
        for (int d = 0; d < dataSizes.length; d++) {
          add(
              "size-" + fileNames[f] + "-data-" + dataNames[d] + rest.getKey(),
              join(
                  riff.start(fileSizes[f]),
                  format,
                  riff.header("data", dataSizes[d]),
                  SAMPLES,
                  rest.getValue()));
        }
      }
    }
  }

  private void longSizes() {
    Riff rf64 = Riff.of("RF64");
    byte[] format = rf64.chunk("fmt ", rf64.format(1, 1, 16));
    byte[] list = rf64.chunk("LIST", LIST);
    long whole = 4 + 36 + format.length + 8 + SAMPLES.length + list.length;
    long[] fileSizes = {whole, 0, -1};
    String[] fileNames = {"right", "0", "ff"};
    long[] dataSizes = {SAMPLES.length, 0, -1};
    for (int f = 0; f < fileSizes.length; f++) {
      for (int d = 0; d < dataSizes.length; d++) {
        byte[] ds64 =
            rf64.chunk(
                "ds64", rf64.longSizes(fileSizes[f], dataSizes[d], dataSizes[d] / 2, new byte[0]));
        add(
            "long-size-" + fileNames[f] + "-data-" + fileNames[d] + "-list",
            join(rf64.start(-1), ds64, format, rf64.header("data", -1), SAMPLES, list));
      }
    }
    byte[] ds64 = rf64.chunk("ds64", rf64.longSizes(whole, 4, 2, new byte[0]));
    add(
        "long-size-data-short-size-right",
        join(rf64.start(-1), ds64, format, rf64.header("data", SAMPLES.length), SAMPLES, list));
    add("long-size-without-ds64", join(rf64.start(-1), format, rf64.header("data", -1), SAMPLES));
    byte[] table = join(ascii("LIST"), rf64.number(8, LIST.length));
    byte[] withTable = rf64.chunk("ds64", rf64.longSizes(0, SAMPLES.length, 6, table));
    add(
        "long-size-table",
        join(
            rf64.start(-1),
            withTable,
            rf64.header("LIST", -1),
            LIST,
            format,
            rf64.header("data", -1),
            SAMPLES));
  }

  private void chunks() {
    Riff riff = Riff.of("RIFF");
    byte[] format = riff.chunk("fmt ", riff.format(1, 1, 16));
    byte[] data = riff.chunk("data", SAMPLES);
    byte[] list = riff.chunk("LIST", LIST);
    byte[] padded = riff.chunk("JUNK", new byte[5]);
    byte[] unpadded = join(riff.header("JUNK", 5), new byte[5]);
    byte[] bytes = {(byte) 129, 127, (byte) 200, 0, (byte) 255};
    byte[] eight = riff.chunk("fmt ", riff.format(1, 1, 8));
    add("list-before-format", riff.file(list, format, data));
    add("list-between", riff.file(format, list, data));
    add("odd-junk-between", riff.file(format, padded, data));
    add("odd-junk-between-unpadded", riff.file(format, unpadded, data));
    add("odd-junk-first-unpadded", riff.file(unpadded, format, data));
    add("odd-junk-behind-unpadded", riff.file(format, data, unpadded));
    add("odd-data-padded", riff.file(eight, riff.chunk("data", bytes), list));
    add("odd-data-unpadded", riff.file(eight, riff.header("data", bytes.length), bytes, list));
    add("odd-data-of-16-bits", riff.file(format, riff.header("data", 11), SAMPLES));
    add("two-data", riff.file(format, riff.chunk("data", pcm16(1, 2)), data));
    add("two-data-first-empty", riff.file(format, riff.header("data", 0), data));
    add("empty-data-then-list", riff.file(format, riff.header("data", 0), list));
    add("empty-data-list-data", riff.file(format, riff.header("data", 0), list, data));
    add("data-before-format", riff.file(data, format));
    add("no-format", riff.file(data));
    add("no-data", riff.file(format, list));
    add("same-format-twice", riff.file(format, format, data));
    add("other-format-twice", riff.file(format, eight, data));
    add("list-behind-cut", riff.file(format, data, riff.header("LIST", 500), LIST));
    add("zeros-behind", join(riff.file(format, data), new byte[512]));
    add("another-file-behind", join(riff.file(format, data), riff.file(format, data)));
    add("not-wave", join(ascii("RIFF"), riff.number(4, 40), ascii("AVI "), format, data));
    add("truncated-data", riff.file(format, riff.header("data", 400), SAMPLES));
  }

  private void fields() {
    Riff riff = Riff.of("RIFF");
    byte[] data = riff.chunk("data", join(SAMPLES, SAMPLES));
    byte[] plain = riff.format(1, 1, 16);
    field("format-18", join(plain, new byte[2]), data);
    field("format-20", join(plain, new byte[4]), data);
    field("format-40-pcm", join(plain, new byte[24]), data);
    field("format-14", new byte[14], data);
    field("channels-0", riff.format(1, 0, 16), data);
    field("channels-3", riff.format(1, 3, 16), data);
    field("channels-65", riff.format(1, 65, 16), data);
    field("bits-0", riff.format(1, 1, 0), data);
    field("bits-12", riff.format(1, 1, 12), data);
    field("bits-20", riff.format(1, 1, 20), data);
    field("bits-40", riff.format(1, 1, 40), data);
    field("float-of-16-bits", riff.format(3, 1, 16), data);
    field("a-law-of-16-bits", riff.format(6, 1, 16), data);
    field("code-0", riff.format(0, 1, 16), data);
    field("code-4242", riff.format(0x4242, 1, 16), data);
    field("rate-0", with(plain, 4, 0), data);
    field("rate-negative", with(plain, 4, -16000), data);
    field("bytes-per-second-0", with(plain, 8, 0), data);
    field("block-0", with(plain, 12, 16 << 16), data);
    field("block-4", with(plain, 12, 16 << 16 | 4), data);
    byte[] extensible = riff.extensible(1, 1, 16);
    field("extensible-valid-bits-12", with(extensible, 16, 12 << 16 | 22), data);
    field("extensible-valid-bits-24", with(extensible, 16, 24 << 16 | 22), data);
    field("extensible-other-guid", with(extensible, 36, 0x12345678), data);
  }

  private void field(String name, byte[] format, byte[] data) {
    Riff riff = Riff.of("RIFF");
    add("field-" + name, riff.file(riff.chunk("fmt ", format), data));
  }

  private static byte[] with(byte[] content, int at, int value) {
    byte[] changed = content.clone();
    ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
    return changed;
  }

  private void sphereFiles() {
    byte[] samples = new byte[24];
    System.arraycopy(SAMPLES, 0, samples, 0, 12);
    System.arraycopy(SAMPLES, 0, samples, 12, 12);
    for (int bytes = 1; bytes <= 4; bytes++) {
      for (String order : new String[] {"0123", "3210", "2301"}) {
        String word = order.equals("3210") ? order.substring(4 - bytes) : order.substring(0, bytes);
        String fields =
            "sample_n_bytes -i "
                + bytes
                + "\nsample_byte_format -s"
                + bytes
                + " "
                + (bytes == 1 ? "1" : word)
                + "\nsample_coding -s3 pcm\n";
        if (bytes > 1 || order.equals("0123")) {
          sphere("pcm-" + bytes + "-" + word, fields, 24 / bytes / 2, samples);
        }
      }
    }
    String little = "sample_n_bytes -i 2\nsample_byte_format -s2 01\n";
    String one = "sample_n_bytes -i 1\nsample_byte_format -s1 1\nsample_coding -s4 ";
    sphere("ulaw", one + "ulaw\n", 12, samples);
    sphere("alaw", one + "alaw\n", 12, samples);
    sphere("adpcm", one + "adpc\n", 12, samples);
    sphere("no-coding", little, 6, samples);
    sphere("count-too-large", little, 7, samples);
    sphere("count-too-small", little, 5, samples);
    sphere("count-0", little, 0, samples);
    sphere("not-interleaved", little + "channels_interleaved -s5 FALSE\n", 6, samples);
    sphere("no-byte-order", "sample_n_bytes -i 2\n", 6, samples);
    byte[] other = files.get("sphere-no-coding").clone();
    other[5] = '2';
    add("sphere-version-2", other);
  }

  private void sphere(String name, String fields, int count, byte[] samples) {
    add(
        "sphere-" + name,
        AudioFiles.sphere(
            "sample_count -i " + count + "\nsample_rate -i 16000\nchannel_count -i 2\n" + fields,
            samples));
  }

  private void add(String name, byte[] file) {
    if (files.put(name, file) != null) {
      throw new IllegalStateException("two files " + name);
    }
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** How samples are stored: format code and bits. */
  private enum Coding {
    PCM8(1, 8),
    PCM16(1, 16),
    PCM24(1, 24),
    PCM32(1, 32),
    FLOAT32(3, 32),
    FLOAT64(3, 64),
    ALAW(6, 8),
    ULAW(7, 8);

    private final int code;
    private final int bits;

    Coding(int code, int bits) {
      this.code = code;
      this.bits = bits;
    }

    /** Four samples. */
    byte[] samples(ByteOrder order) {
      ByteBuffer buffer = ByteBuffer.allocate(bits / 2).order(order);
      if (code == 3) {
        double[] values = {0.5, -0.25, 1.5, -1};
        for (double value : values) {
          if (bits == 32) {
            buffer.putFloat((float) value);
          } else {
            buffer.putDouble(value);
          }
        }
      } else {
        for (int i = 0; i < buffer.capacity(); i++) {
          buffer.put(i, (byte) (37 * i + 129));
        }
      }
      return buffer.array();
    }
  }

  /** Writes the parts of a RIFF file. */
  private record Riff(String magic, ByteOrder order) {
    static Riff of(String magic) {
      return new Riff(magic, magic.equals("RIFX") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    }

    byte[] number(int bytes, long value) {
      ByteBuffer buffer = ByteBuffer.allocate(bytes).order(order);
      switch (bytes) {
        case 2 -> buffer.putShort((short) value);
        case 4 -> buffer.putInt((int) value);
        default -> buffer.putLong(value);
      }
      return buffer.array();
    }

    byte[] start(int size) {
      return join(ascii(magic), number(4, size), ascii("WAVE"));
    }

    byte[] header(String id, int size) {
      return join(ascii(id), number(4, size));
    }

    byte[] chunk(String id, byte[] content) {
      return join(header(id, content.length), content, new byte[content.length % 2]);
    }

    byte[] format(int code, int numChannels, int bits) {
      int block = numChannels * ((bits + 7) / 8);
      return join(
          number(2, code),
          number(2, numChannels),
          number(4, RATE),
          number(4, (long) RATE * block),
          number(2, block),
          number(2, bits));
    }

    byte[] extensible(int code, int numChannels, int bits) {
      byte[] tail = {0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xAA, 0, 0x38, (byte) 0x9B, 0x71};
      // The first numbers of a GUID have the order of the file.
      ByteBuffer guid = ByteBuffer.wrap(tail);
      guid.put(0, number(2, 0)).put(2, number(2, 0x10));
      return join(
          format(0xFFFE, numChannels, bits),
          number(2, 22),
          number(2, bits),
          number(4, 0),
          number(4, code),
          tail);
    }

    byte[] longSizes(long file, long data, long samples, byte[] table) {
      return join(
          number(8, file),
          number(8, data),
          number(8, samples),
          number(4, table.length / 12),
          table);
    }

    /** A file of these chunks, with its right size. */
    byte[] file(byte[]... chunks) {
      byte[] all = join(chunks);
      if (!magic.equals("RF64")) {
        return join(start(4 + all.length), all);
      }
      byte[] sizes = longSizes(40 + all.length, dataSize(chunks), 0, new byte[0]);
      return join(start(-1), chunk("ds64", sizes), all);
    }

    /** That of the last chunk. */
    private long dataSize(byte[]... chunks) {
      return ByteBuffer.wrap(chunks[chunks.length - 1]).order(order).getInt(4);
    }
  }
}
