package io.centroid.prep;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.LocalSpark;
import io.centroid.config.Settings;
import io.centroid.data.CifarFiles;
import io.centroid.data.SyntheticImages;
import io.centroid.job.Phases;
import io.centroid.shard.Manifest;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All 60,000 images, in the four forms that CIFAR-10 is distributed in. */
final class FourFormsIT {
  @TempDir private Path directory;

  @Test
  void everyFormOfTheSameImagesGivesTheSameShards() throws Exception {
    SyntheticImages images = new SyntheticImages();
    try (SparkSession session = LocalSpark.open("local[2]")) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      Manifest first = prepare(context, CifarFiles.writeBinaryArchive(images, directory));
      assertThat(first.dataset()).isEqualTo("CIFAR-10");
      assertThat(first.sources()).hasSize(1);
      assertThat(first.shards()).hasSize(24);
      for (Path form :
          new Path[] {
            CifarFiles.writePythonArchive(images, directory),
            CifarFiles.writeBinaryDirectory(images, directory),
            CifarFiles.writePythonDirectory(images, directory)
          }) {
        Manifest other = prepare(context, form);
        assertThat(other.shards()).as(form.toString()).isEqualTo(first.shards());
        assertThat(other.fingerprint()).isEqualTo(first.fingerprint());
        assertThat(other.sources()).isNotEqualTo(first.sources());
      }
    }
  }

  private Manifest prepare(JavaSparkContext context, Path form) throws Exception {
    Path shards = directory.resolve(form.getFileName() + "-shards");
    return new PrepareJob(
            context,
            ImageSources.open(
                new org.apache.hadoop.fs.Path(form.toUri()), context.hadoopConfiguration()),
            Settings.defaults().prepare(),
            new org.apache.hadoop.fs.Path(shards.toUri()),
            ExistingShards.KEEP,
            new Phases(
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8)))
        .execute()
        .manifest();
  }
}
