package org.stjem.acoustic.eval;

import java.util.ArrayList;
import java.util.List;

/**
 * A table of words and numbers, for a terminal or a document.
 *
 * @param caption stands above it; empty for none
 * @param header names of the columns
 * @param rows as many cells each
 * @param labels how many of the first columns hold names; the others hold numbers
 */
public record TextTable(String caption, List<String> header, List<List<String>> rows, int labels) {

  /** In aligned columns. */
  public String text() {
    int[] widths = new int[header.size()];
    List<List<String>> lines = new ArrayList<>(rows);
    lines.add(0, header);
    for (List<String> line : lines) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], length(line.get(column)));
      }
    }
    StringBuilder out = new StringBuilder(caption.isEmpty() ? "" : caption + "\n");
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int column = 0; column < widths.length; column++) {
        String cell = line.get(column);
        String padding = " ".repeat(widths[column] - length(cell));
        text.append("  ").append(column < labels ? cell + padding : padding + cell);
      }
      out.append(text.toString().stripTrailing()).append('\n');
    }
    return out.toString();
  }

  /** In Markdown. */
  public String markdown() {
    StringBuilder out = new StringBuilder(caption.isEmpty() ? "" : caption + "\n\n");
    out.append("| ").append(String.join(" | ", header)).append(" |\n|");
    for (int column = 0; column < header.size(); column++) {
      out.append(column < labels ? "---|" : "--:|");
    }
    out.append('\n');
    for (List<String> row : rows) {
      // A bar would end the cell, stars would be emphasis.
      List<String> cells =
          row.stream().map(cell -> cell.replace("|", "\\|").replace("*", "\\*")).toList();
      out.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
    return out.toString();
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
