package org.stjem.acoustic.eval;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.stjem.acoustic.plot.Drawing;
import org.stjem.frontend.io.ByteText;

/** A page of tables, pictures and text in one file: pictures are embedded, only audio is not. */
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
      .words { margin: .3rem 0 1rem; break-inside: avoid; }
      .words > b { display: block; font-weight: normal; font-size: .85rem; color: #57606a; }
      .words > span { display: inline-grid; text-align: center; margin: .1rem .15rem; padding: 0 .35rem;
                      border: 2px solid transparent; vertical-align: top; line-height: 1.35;
                      print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      .words > span.error { border-color: #1b1f24; }
      .words small { font-size: .7rem; color: #3b434b; }
      img { max-width: 100%; }
      @media print { body { max-width: none; margin: 0; font-size: 10pt; }
                     table, svg, figure, h2 + p { break-inside: avoid; } h2, h3 { break-after: avoid; } }
      svg { max-width: 100%; height: auto; } pre { background: #f4f6f8; padding: 1rem; overflow-x: auto; }
      """;

  /** Hue of what is certain; what is not is red. */
  private static final int BLUE = 215;

  private static final int PERCENT = 100;

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

  /**
   * A heading below {@link #heading}.
   *
   * @param anchor of an image of the page to link to, or null
   * @param link what the link says
   */
  public void subheading(String text, String anchor, String link) {
    body.append("<h3>").append(escape(text));
    if (anchor != null) {
      body.append(" <small><a href=\"#").append(escape(anchor)).append("\">");
      body.append(escape(link)).append("</a></small>");
    }
    body.append("</h3>\n");
  }

  /**
   * A word that was said and the one that was heard in its place.
   *
   * @param reference empty if none was said
   * @param hypothesis empty if none was heard
   * @param error S, I or D; empty if they are the same
   * @param confidence of the word that was heard, from 0 to 1; null if there is none
   */
  public record AlignedWord(String reference, String hypothesis, String error, Double confidence) {}

  /** Adds the words of a sentence as one system heard it, each below what was said. */
  public void words(String system, List<AlignedWord> words) {
    body.append("<div class=\"words\"><b>").append(escape(system)).append("</b>\n");
    for (AlignedWord word : words) {
      body.append("<span").append(word.error.isEmpty() ? "" : " class=\"error\"");
      if (word.confidence != null) {
        long hue = Math.round(BLUE * word.confidence);
        body.append(" style=\"background:hsl(").append(hue).append(" 75% 50% / .28)\"");
      }
      body.append("><span>").append(shown(word.reference)).append("</span><span>");
      body.append(shown(word.hypothesis)).append("</span><small>").append(word.error);
      if (word.confidence != null) {
        body.append(word.error.isEmpty() ? "" : " ");
        body.append(Math.round(PERCENT * word.confidence)).append(" %");
      }
      body.append("</small></span>\n");
    }
    body.append("</div>\n");
  }

  private static String shown(String word) {
    return word.isEmpty() ? "\u2013" : escape(word);
  }

  /** Embeds a PNG picture that links can lead to. */
  public void image(String anchor, byte[] png, String description) {
    body.append("<figure id=\"").append(escape(anchor)).append("\"><img alt=\"");
    body.append(escape(description)).append("\" src=\"data:image/png;base64,");
    body.append(Base64.getEncoder().encodeToString(png)).append("\"></figure>\n");
  }

  /**
   * Adds a player of audio, which stays a file of its own.
   *
   * @param file relative to the page
   */
  public void audio(Path file, String caption) {
    StringBuilder address = new StringBuilder();
    for (Path part : file) {
      address
          .append(address.isEmpty() ? "" : "/")
          .append(URLEncoder.encode(part.toString(), StandardCharsets.UTF_8).replace("+", "%20"));
    }
    body.append("<p>")
        .append(escape(caption))
        .append(" <audio controls preload=\"none\" src=\"")
        .append(escape(address.toString()))
        .append("\"></audio></p>\n");
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
