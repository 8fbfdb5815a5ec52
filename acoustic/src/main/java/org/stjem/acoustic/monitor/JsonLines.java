package org.stjem.acoustic.monitor;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;

/**
 * A file of one JSON object per line, in memory as well. Numbers that are not finite are left out.
 */
final class JsonLines {
  private static final Gson GSON =
      new GsonBuilder().serializeSpecialFloatingPointValues().serializeNulls().create();

  private final Path file;
  private final List<JsonObject> objects = new ArrayList<>();

  /** Reads what {@code file} holds, if it exists; a last line that a kill cut off is dropped. */
  JsonLines(Path file) throws IOException {
    this.file = file;
    if (!Files.exists(file)) {
      return;
    }
    for (String line : TextFile.lines(file)) {
      try {
        objects.add(JsonParser.parseString(line).getAsJsonObject());
      } catch (JsonParseException | IllegalStateException e) {
        break;
      }
    }
  }

  List<JsonObject> objects() {
    return Collections.unmodifiableList(objects);
  }

  /** Keeps the objects that fit and rewrites the file. */
  void retain(Predicate<JsonObject> fits) throws IOException {
    objects.removeIf(fits.negate());
    StringBuilder text = new StringBuilder();
    for (JsonObject object : objects) {
      text.append(ByteText.json(GSON.toJson(object))).append('\n');
    }
    AtomicFile.writeString(file, text.toString());
  }

  /** Appends {@code value}, which becomes a JSON object. */
  void add(Object value) throws IOException {
    JsonObject object = objectOf(value);
    objects.add(object);
    try (OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      out.write(ByteText.encode(ByteText.json(GSON.toJson(object)) + "\n"));
    } catch (IOException e) {
      FileSystemException named =
          new FileSystemException(file.toString(), null, StjemException.reason(e));
      named.initCause(e);
      throw named;
    }
  }

  /** What is written of {@code value}. */
  JsonObject objectOf(Object value) {
    return finite(GSON.toJsonTree(value)).getAsJsonObject();
  }

  /** Leaves out fields that are not finite, and puts null in their place in an array. */
  private static JsonElement finite(JsonElement element) {
    if (element.isJsonObject()) {
      JsonObject result = new JsonObject();
      element
          .getAsJsonObject()
          .entrySet()
          .forEach(
              field -> {
                JsonElement value = finite(field.getValue());
                if (!value.isJsonNull()) {
                  result.add(field.getKey(), value);
                }
              });
      return result;
    }
    if (element.isJsonArray()) {
      JsonArray result = new JsonArray();
      element.getAsJsonArray().forEach(value -> result.add(finite(value)));
      return result;
    }
    boolean number = element instanceof JsonPrimitive && ((JsonPrimitive) element).isNumber();
    return number && !Double.isFinite(element.getAsDouble()) ? JsonNull.INSTANCE : element;
  }
}
