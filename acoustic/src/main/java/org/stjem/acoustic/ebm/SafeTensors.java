package org.stjem.acoustic.ebm;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.stjem.frontend.io.AtomicFile;

/**
 * Named float32 tensors and text metadata in one file of the safetensors format: 8 bytes header
 * length, a JSON header of types, shapes and offsets, then the little-endian values.
 *
 * @param tensors by name, in file order
 * @param metadata text by key
 */
public record SafeTensors(Map<String, Tensor> tensors, Map<String, String> metadata) {
  private static final String METADATA = "__metadata__";

  /** Bytes that are read at once; a multiple of 4. */
  private static final int PIECE = 1 << 20;

  /** Bytes of the largest header that is read. */
  public static final int MOST_HEADER = 100_000_000;

  /** Writes the file whole or not at all. */
  public void write(Path path) throws IOException {
    JsonObject header = new JsonObject();
    header.add(METADATA, new Gson().toJsonTree(metadata));
    long offset = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      JsonObject description = new JsonObject();
      description.addProperty("dtype", "F32");
      description.add("shape", new Gson().toJsonTree(tensor.shape()));
      long end = offset + 4L * tensor.values().length;
      description.add("data_offsets", new Gson().toJsonTree(new long[] {offset, end}));
      header.add(entry.getKey(), description);
      offset = end;
    }
    byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
    try (AtomicFile file = AtomicFile.create(path)) {
      OutputStream out = file.stream();
      out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).array());
      out.write(text);
      ByteBuffer block = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
      for (Tensor tensor : tensors.values()) {
        for (int from = 0; from < tensor.values().length; from += block.capacity() / 4) {
          int count = Math.min(block.capacity() / 4, tensor.values().length - from);
          block.asFloatBuffer().put(tensor.values(), from, count);
          out.write(block.array(), 0, 4 * count);
        }
      }
      file.commit();
    }
  }

  /**
   * Reads a file.
   *
   * @throws TrainingException if it is truncated or not of this format, naming file and offset
   */
  public static SafeTensors read(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long size = channel.size();
      long headerSize = size < 8 ? -1 : buffer(channel, 0, 8, path).getLong();
      if (headerSize < 2 || headerSize > Math.min(size - 8, MOST_HEADER)) {
        throw new TrainingException(
            path + ": not a safetensors file, the header length at offset 0 is " + headerSize);
      }
      byte[] text = new byte[(int) headerSize];
      buffer(channel, 8, text.length, path).get(text);
      JsonObject header;
      try {
        header = JsonParser.parseString(new String(text, StandardCharsets.UTF_8)).getAsJsonObject();
      } catch (JsonParseException | IllegalStateException e) {
        throw new TrainingException(path + ": the header at offset 8 is not a JSON object", e);
      }
      Map<String, String> metadata = new LinkedHashMap<>();
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      long unclaimed = size - 8 - headerSize;
      for (Map.Entry<String, JsonElement> entry : header.entrySet()) {
        try {
          JsonObject value = entry.getValue().getAsJsonObject();
          if (entry.getKey().equals(METADATA)) {
            for (Map.Entry<String, JsonElement> item : value.entrySet()) {
              metadata.put(item.getKey(), item.getValue().getAsString());
            }
          } else {
            Tensor tensor = tensor(channel, 8 + headerSize, unclaimed, value, path);
            unclaimed -= 4L * tensor.values().length;
            tensors.put(entry.getKey(), tensor);
          }
        } catch (IllegalStateException
            | IllegalArgumentException
            | ClassCastException
            | UnsupportedOperationException
            | IndexOutOfBoundsException
            | NullPointerException e) {
          throw new TrainingException(path + ": bad header entry " + entry.getKey(), e);
        }
      }
      return new SafeTensors(tensors, metadata);
    }
  }

  /**
   * Reads weights.
   *
   * @throws TrainingException as {@link #read} does, and if a value is not finite
   */
  public static SafeTensors readWeights(Path path) throws IOException {
    SafeTensors weights = read(path);
    weights.tensors.forEach(
        (name, tensor) -> {
          for (int i = 0; i < tensor.values().length; i++) {
            if (!Float.isFinite(tensor.values()[i])) {
              throw new TrainingException(
                  path
                      + ": value "
                      + i
                      + " of tensor '"
                      + name
                      + "' is "
                      + tensor.values()[i]
                      + ", weights must be finite");
            }
          }
        });
    return weights;
  }

  /**
   * Reads one tensor.
   *
   * @param unclaimed bytes that belong to no tensor so far: tensors do not overlap, so that a small
   *     file cannot hold a great many large ones
   */
  private static Tensor tensor(
      FileChannel channel, long base, long unclaimed, JsonObject description, Path path)
      throws IOException {
    String type = description.get("dtype").getAsString();
    if (!type.equals("F32")) {
      throw new TrainingException(path + ": a tensor of type " + type + ", F32 can be read");
    }
    JsonArray sizes = description.getAsJsonArray("shape");
    long[] shape = new long[sizes.size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = sizes.get(i).getAsLong();
    }
    JsonArray offsets = description.getAsJsonArray("data_offsets");
    long from = offsets.get(0).getAsLong();
    long to = offsets.get(1).getAsLong();
    if (from < 0 || to < from || to > channel.size() - base || to - from > unclaimed) {
      throw new TrainingException(
          path
              + ": truncated or overlapping, a tensor claims bytes "
              + from
              + " to "
              + to
              + " of the "
              + (channel.size() - base)
              + " from offset "
              + base);
    }
    if (to - from > Integer.MAX_VALUE - 8 || (to - from) % 4 != 0) {
      throw new TrainingException(path + ": a tensor of " + (to - from) + " bytes");
    }
    float[] values = new float[(int) ((to - from) / 4)];
    // Piece by piece: whole tensors would lie in memory three times.
    ByteBuffer piece =
        ByteBuffer.allocate(Math.min(PIECE, 4 * values.length)).order(ByteOrder.LITTLE_ENDIAN);
    for (int read = 0; read < values.length; read += piece.limit() / 4) {
      piece.clear().limit(Math.min(piece.capacity(), 4 * (values.length - read)));
      fill(piece, channel, base + from + 4L * read, path);
      piece.asFloatBuffer().get(values, read, piece.limit() / 4);
    }
    return new Tensor(shape, values);
  }

  private static ByteBuffer buffer(FileChannel channel, long position, int bytes, Path path)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    fill(buffer, channel, position, path);
    return buffer;
  }

  /** Fills a buffer from a position of the file on, and turns it to be read from its start. */
  private static void fill(ByteBuffer buffer, FileChannel channel, long position, Path path)
      throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new TrainingException(path + ": ends at offset " + channel.size());
      }
    }
    buffer.flip();
  }
}
