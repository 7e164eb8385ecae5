package io.centroid.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SecretsTest {
  private static final Path LAUNCH =
      Path.of(System.getProperty("centroid.home", "."), "submit/launch.sh").toAbsolutePath();

  /** The secret is what stands between brackets. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "spark.hadoop.fs.s3a.access.key=<AKIA>",
        "spark.hadoop.fs.s3a.secret.key=<ab/cd+ef==>",
        "spark.hadoop.fs.s3a.bucket.b.session.token=<FwoG>",
        "spark.authenticate.secret=<x>",
        "spark.ssl.ui.keyStorePassword=<a,b;c>",
        "spark.hadoop.fs.azure.account.key.name.dfs.core.windows.net=<k==>",
        "fs.gs.auth.service.account.private.key=<k>",
        "Cannot read arguments: found --password=<x>.",
        "spark.driver.extraJavaOptions=-Djavax.net.ssl.trustStorePassword=<changeit> -Dother=1",
        "https://<me:pass>@mirror.example.org/cifar-10.tar.gz",
        "https://<ghp_0123>@example.org/x",
        "hdfs://<me:pass>@host/x",
        "s3a://<AKIA:se/cret>@bucket/x",
        "https://bucket.example.org/x?X-Amz-Signature=<0f>&X-Amz-Security-Token=<0e>&y=z",
        "curl https://hooks.slack.com/<services/T0/B0/X0> --data",
        "curl https://discord.com/api/webhooks/<1/x> --data",
      })
  void areMasked(String text) throws Exception {
    String plain = text.replace("<", "").replace(">", "");
    String masked = text.replaceAll("<[^>]*>", Matcher.quoteReplacement(Secrets.MASK));
    if (plain.startsWith("Cannot")) {
      masked = masked.replaceFirst("[.]$", ""); // as much as might be the secret
    }
    assertThat(Secrets.masked(plain)).isEqualTo(masked);
    assertThat(inTheScripts(plain)).isEqualTo(masked);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hdfs://me@host:8020/x",
        "abfs://container@account.dfs.core.windows.net/x",
        "spark.master=spark://host:7077",
        "training.epochs=3",
        "Cannot read file:/data/a@b: found 10,000 images, expected a key of 3 bytes.",
        "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
      })
  void nothingElseIs(String text) throws Exception {
    assertThat(Secrets.masked(text)).isEqualTo(text);
    assertThat(inTheScripts(text)).isEqualTo(text);
  }

  @Test
  void messagesHaveNone() {
    assertThat(JobException.settings("Cannot use x.secret=abc."))
        .hasMessage("Cannot use x.secret=" + Secrets.MASK);
  }

  private static String inTheScripts(String text) throws IOException, InterruptedException {
    Process bash =
        new ProcessBuilder("bash", "-c", ". \"$1\"; masked \"$2\"", "test", LAUNCH.toString(), text)
            .redirectErrorStream(true)
            .start();
    String masked = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor()).isZero();
    return masked;
  }
}
