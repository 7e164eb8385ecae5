package io.centroid.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.LocalSpark;
import io.centroid.cifar.CifarFiles;
import io.centroid.cifar.SyntheticImages;
import io.centroid.config.Settings;
import io.centroid.job.JobSession;
import io.centroid.job.Phases;
import io.centroid.prep.ExistingShards;
import io.centroid.prep.PrepareJob;
import io.centroid.shard.Manifest;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All 60,000 images, in the two of CIFAR-10's four forms that have least in common; {@link
 * ImageSourcesTest} compares the images of all four. With the unit tests, although it uses Spark:
 * so much hashing wants the compiler that JVMs of the integration tests do without.
 */
final class FormsTest {
  @TempDir private Path directory;

  @Test
  void anotherFormOfTheSameImagesGivesTheSameShards() throws Exception {
    SyntheticImages images = new SyntheticImages();
    try (SparkSession session = LocalSpark.open("local[2]")) {
      Manifest first = prepare(session, CifarFiles.writeBinaryArchive(images, directory));
      assertThat(first.dataset()).isEqualTo("CIFAR-10");
      assertThat(first.sources()).hasSize(1);
      assertThat(first.shards()).hasSize(24);
      Manifest other = prepare(session, CifarFiles.writePythonDirectory(images, directory));
      assertThat(other.shards()).isEqualTo(first.shards());
      assertThat(other.fingerprint()).isEqualTo(first.fingerprint());
      assertThat(other.sources()).isNotEqualTo(first.sources());
    }
  }

  private Manifest prepare(SparkSession session, Path form) throws Exception {
    Path shards = directory.resolve(form.getFileName() + "-shards");
    return new PrepareJob(
            JobSession.of(session),
            ImageSources.open(
                new org.apache.hadoop.fs.Path(form.toUri()),
                session.sparkContext().hadoopConfiguration()),
            Settings.defaults().prepare(),
            new org.apache.hadoop.fs.Path(shards.toUri()),
            ExistingShards.KEEP,
            new Phases(
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8)))
        .execute()
        .manifest();
  }
}
