package org.stjem.frontend.options;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.stjem.frontend.io.ByteNames;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Options by Kaldi's conventions (util/parse-options.cc): {@code --name=value} in which {@code _}
 * equals {@code -}; a boolean is true or false, t or f, 1 or 0, in any case, and {@code --name}
 * alone is true; {@code --config=FILE} has one option per line, and comments behind {@code #}.
 * Numbers are finite, and paths are bytes.
 */
public final class KaldiOptions {
  private static final String CONFIG = "--config=";

  private KaldiOptions() {}

  /** A parser for the options that {@code command} or a mixin of it declares. */
  public static CommandLine parser(Object command) {
    CommandLine line = new CommandLine(command);
    line.setOverwrittenOptionsAllowed(true);
    line.setUnmatchedOptionsArePositionalParams(false);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.registerConverter(Path.class, ByteNames::path);
    register(line, Boolean.class, Boolean.TYPE, KaldiOptions::toBoolean);
    register(line, Double.class, Double.TYPE, KaldiOptions::toDouble);
    register(line, Float.class, Float.TYPE, KaldiOptions::toFloat);
    return line;
  }

  private static <T> void register(
      CommandLine line, Class<T> type, Class<T> primitive, ITypeConverter<T> converter) {
    line.registerConverter(type, converter);
    line.registerConverter(primitive, converter);
  }

  /**
   * Whether {@code text} is true in Kaldi's words.
   *
   * @throws TypeConversionException if it is neither true nor false
   */
  public static boolean toBoolean(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "t", "1" -> true;
      case "false", "f", "0" -> false;
      default ->
          throw new TypeConversionException("'" + text + "' must be true, t, 1, false, f or 0");
    };
  }

  /**
   * The number that {@code text} is.
   *
   * @throws TypeConversionException if it is none, or not finite
   */
  public static double toDouble(String text) {
    double value;
    try {
      value = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw notFinite(text);
    }
    if (!Double.isFinite(value)) {
      throw notFinite(text);
    }
    return value;
  }

  private static float toFloat(String text) {
    toDouble(text);
    // Not by way of a double, which would round twice.
    float value = Float.parseFloat(text);
    if (Float.isInfinite(value)) {
      throw new TypeConversionException(
          "'" + text + "' is beyond the largest number here, " + Float.MAX_VALUE);
    }
    return value;
  }

  private static TypeConversionException notFinite(String text) {
    return new TypeConversionException("'" + text + "' must be a finite number");
  }

  /**
   * Turns {@code _} into {@code -} in the names of options and puts the lines of {@code --config}
   * files in front, so that the command line wins over them.
   *
   * @throws org.stjem.frontend.io.StjemException if a file cannot be read or has another line
   */
  public static List<String> normalise(List<String> arguments) {
    List<String> configured = new ArrayList<>();
    List<String> given = new ArrayList<>();
    boolean options = true;
    for (String argument : arguments) {
      if (options && argument.equals("--")) {
        options = false;
      }
      if (!options || !argument.startsWith("--")) {
        given.add(argument);
        continue;
      }
      String option = ConfigFile.dashed(argument);
      if (option.startsWith(CONFIG)) {
        configured.addAll(
            ConfigFile.read("--config", ByteNames.path(option.substring(CONFIG.length()))));
      } else {
        given.add(option);
      }
    }
    configured.addAll(given);
    return configured;
  }
}
