package io.centroid.error;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Takes secrets out of what is shown, logged or kept: values of keys that are called a secret,
 * password, token or key, as {@code spark.redaction.regex} has them, and what is one in a URL.
 */
public final class Secrets {
  /** What stands in the place of a secret; Spark's own word. */
  public static final String MASK = "*********(redacted)";

  private static final String KEY =
      "(secret|password|passwd|passphrase|token|credential|signature|(access|account|api|private|shared)[._-]?key)";

  private static final List<Pattern> SECRETS =
      List.of(
          // key=value, "key": "value"
          Pattern.compile(
              "(?i)([\\w.-]*"
                  + KEY
                  + "[\\w.-]*[\"']?\\s*[=:]\\s*)(\"[^\"]*\"|'[^']*'|[^\\s\"'&]+)"),
          // scheme://user:password@host; s3a's may have slashes in it
          Pattern.compile("(?i)(s3[an]?://)[^\\s@]+:[^\\s@]+(?=@)"),
          Pattern.compile("(?i)([a-z][\\w+.-]*://)[^\\s/@:]*:[^\\s/@]*(?=@)"),
          Pattern.compile("(?i)(https?://)[^\\s/@]+(?=@)"),
          // https://hooks.host/..., https://host/webhook/...
          Pattern.compile(
              "(?i)(https?://(hooks?\\.[^\\s/]+|[^\\s/]+/([^\\s]*/)?(web-?)?hooks?[^\\s/]*)/)[^\\s\"']+"));

  private Secrets() {}

  /** A text without the secrets in it. */
  public static String masked(String text) {
    String masked = text;
    for (Pattern secret : SECRETS) {
      masked = secret.matcher(masked).replaceAll("$1" + MASK);
    }
    return masked;
  }
}
