package org.stjem.acoustic.eval;

import java.util.List;
import org.stjem.acoustic.plot.Drawing;
import org.stjem.frontend.io.ByteText;

/** A page of tables, pictures and text in one file: pictures are embedded, nothing is loaded. */
public final class HtmlPage {
  private static final String STYLE =
      """
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 78rem; margin: 2rem auto;
             padding: 0 1rem; color: #1b1f24; background: #fff; }
      h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
      table { border-collapse: collapse; margin: 1.5rem 0; font-variant-numeric: tabular-nums; }
      caption { text-align: left; font-weight: 600; padding-bottom: .4rem;
                white-space: nowrap; }
      th, td { padding: .3rem 1rem .3rem 0; text-align: left; font-weight: normal;
                white-space: nowrap; }
      tr:first-child th { font-weight: 600; border-bottom: 2px solid #1b1f24; }
      tr:first-child th:nth-child(n+3), td { text-align: right; }
      tr:first-child th.label { text-align: left; } tr:first-child th.number { text-align: right; }
      tr.first th, tr.first td { border-top: 1px solid #c8ced6; }
      td.best { font-weight: 700; }
      @media print { body { max-width: none; margin: 0; font-size: 10pt; }
                     table, svg, h2 + p { break-inside: avoid; } h2 { break-after: avoid; } }
      svg { max-width: 100%; height: auto; } pre { background: #f4f6f8; padding: 1rem; overflow-x: auto; }
      """;

  private final StringBuilder body = new StringBuilder();
  private final String title;
  private String refresh = "";

  public HtmlPage(String title) {
    this.title = title;
  }

  public void heading(String text) {
    body.append("<h2>").append(escape(text)).append("</h2>\n");
  }

  public void paragraph(String text) {
    body.append("<p>").append(escape(text)).append("</p>\n");
  }

  void table(ResultTable table) {
    body.append(table.html());
  }

  /**
   * Adds a table.
   *
   * @param header names of the columns
   * @param rows the cells; as many per row as {@code header} has
   * @param labels so many columns at the left hold names, the others hold numbers
   */
  public void table(String caption, List<String> header, List<List<String>> rows, int labels) {
    body.append("<table>\n<caption>").append(escape(caption)).append("</caption>\n");
    row(header, header.size(), labels);
    rows.forEach(cells -> row(cells, labels, labels));
    body.append("</table>\n");
  }

  private void row(List<String> cells, int headings, int labels) {
    body.append("<tr>");
    for (int column = 0; column < cells.size(); column++) {
      String tag = column < headings ? "th" : "td";
      String style = column < labels ? " class=\"label\"" : " class=\"number\"";
      body.append('<').append(tag).append(style).append('>');
      body.append(escape(cells.get(column))).append("</").append(tag).append('>');
    }
    body.append("</tr>\n");
  }

  public void preformatted(String text) {
    body.append("<pre>").append(escape(text)).append("</pre>\n");
  }

  /** Embeds a drawing as SVG. */
  public void picture(Drawing drawing, String description) {
    body.append(drawing.svg(description));
  }

  /** Makes a browser that shows the page load it again every {@code seconds}. */
  public void refreshEvery(int seconds) {
    refresh = "<meta http-equiv=\"refresh\" content=\"" + seconds + "\">\n";
  }

  /** The whole page. */
  public String text() {
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        + refresh
        + "<title>"
        + escape(title)
        + "</title>\n<style>\n"
        + STYLE
        + "</style>\n</head>\n<body>\n<h1>"
        + escape(title)
        + "</h1>\n"
        + body
        + "</body>\n</html>\n";
  }

  static String escape(String text) {
    return ByteText.shown(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
