package io.centroid.report;

import freemarker.core.HTMLOutputFormat;
import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import io.centroid.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * Makes web pages, each one file that needs no other and no network. They are FreeMarker templates,
 * which escape whatever they are given, and share {@code page.ftlh}, {@code style.css} and {@code
 * charts.js}; the charts are Chart.js.
 */
final class Page {
  private static final String CHART_LIBRARY = "org.webjars.npm/chart.js";

  private Page() {}

  /**
   * Makes a page.
   *
   * @param template file name of its template
   * @param model what the template calls by name; maps and lists instead of records, which
   *     FreeMarker reads only from a multi-release jar
   * @param figures what {@code charts.js} draws
   * @throws IllegalStateException when the model lacks what the template calls
   */
  static String render(String template, Map<String, Object> model, Map<String, Object> figures)
      throws IOException {
    Configuration templates = new Configuration(Configuration.VERSION_2_3_34);
    templates.setClassForTemplateLoading(Page.class, "");
    templates.setDefaultEncoding(StandardCharsets.UTF_8.name());
    templates.setLocale(Locale.US);
    templates.setOutputFormat(HTMLOutputFormat.INSTANCE);
    templates.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    templates.setLogTemplateExceptions(false);
    Map<String, Object> all = new HashMap<>(model);
    all.put("figures", Json.write(figures).replace("<", "\\u003c"));
    all.put("chartLibrary", chartLibrary());
    StringWriter page = new StringWriter();
    try {
      templates.getTemplate(template).process(all, page);
    } catch (TemplateException e) {
      throw new IllegalStateException(e.getMessageWithoutStackTop(), e);
    }
    return page.toString();
  }

  /** Whether a text is a page of ours. */
  static boolean isOne(String text) {
    return text.contains("<meta name=\"generator\" content=\"Centroid\">");
  }

  /** The library as its WebJar has it; the version is the one that Maven resolved. */
  private static String chartLibrary() throws IOException {
    Properties coordinates = new Properties();
    try (InputStream in = resource("/META-INF/maven/" + CHART_LIBRARY + "/pom.properties")) {
      coordinates.load(in);
    }
    String file =
        "/META-INF/resources/webjars/chart.js/%s/dist/chart.umd.js"
            .formatted(coordinates.getProperty("version"));
    try (InputStream in = resource(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .replaceAll("(?m)^//# sourceMappingURL=.*$", "");
    }
  }

  private static InputStream resource(String name) throws IOException {
    InputStream in = Page.class.getResourceAsStream(name);
    if (in == null) {
      throw new IOException("Cannot find resource " + name + ".");
    }
    return in;
  }
}
