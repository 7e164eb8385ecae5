package io.centroid.run;

import io.centroid.error.Secrets;
import io.centroid.json.MayLack;
import java.time.Instant;
import org.apache.spark.SparkContext;

/**
 * Where a run's results come from.
 *
 * @param codeVersion version of the program
 * @param codeCommit Git commit it was built from
 * @param codeModified whether the working tree differed from the commit
 * @param codeContent hash of the program itself; null in runs of before it was recorded
 * @param shards path of the shard set
 * @param shardFingerprint fingerprint of the shard set
 * @param imagesHash hash of the images, whatever the shards made of them; null in runs of before it
 *     was recorded
 * @param dataset the data set's title
 * @param started when the run started
 * @param finished when its results were complete
 * @param sparkVersion version of Spark
 * @param master Spark's master
 * @param applicationId Spark's id of the application
 * @param javaVersion version of the driver's JVM
 * @param os the driver's operating system and processor architecture
 * @param blasKernels the driver's kernels of OpenBLAS: others give other bits; null where they are
 *     not known, as in runs of before they were recorded
 */
public record Provenance(
    String codeVersion,
    String codeCommit,
    boolean codeModified,
    @MayLack String codeContent,
    String shards,
    String shardFingerprint,
    @MayLack String imagesHash,
    String dataset,
    String started,
    String finished,
    String sparkVersion,
    String master,
    String applicationId,
    String javaVersion,
    String os,
    @MayLack String blasKernels) {

  /** The provenance of a run that ends now. */
  public static Provenance of(
      SparkContext context,
      String shards,
      String shardFingerprint,
      String imagesHash,
      String dataset,
      Instant started,
      String blasKernels) {
    CodeVersion code = CodeVersion.current();
    return new Provenance(
        code.version(),
        code.commit(),
        code.dirty(),
        code.content(),
        Secrets.masked(shards),
        shardFingerprint,
        imagesHash,
        dataset,
        started.toString(),
        Instant.now().toString(),
        context.version(),
        Secrets.masked(context.master()),
        context.applicationId(),
        System.getProperty("java.vm.name") + " " + Runtime.version(),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        blasKernels);
  }
}
