package io.centroid.cli;

import io.centroid.data.Split;
import io.centroid.evaluate.PublishedModel;
import io.centroid.job.JobSession;
import io.centroid.job.Phases;
import io.centroid.promote.ModelStore;
import io.centroid.publish.Target;
import io.centroid.score.ImageFiles;
import io.centroid.score.PictureSource;
import io.centroid.score.ScoreFormat;
import io.centroid.score.ScoreJob;
import io.centroid.score.ShardPictures;
import io.centroid.score.SourcePictures;
import io.centroid.score.TableRows;
import io.centroid.source.ImageSources;
import io.centroid.train.CentroidKryoRegistrator;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code centroid score}. */
@Command(
    name = "score",
    description = "Predicts the class of images with a published model.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  centroid score --model runs/0f3a9c41d2e7 --images photos --output scores --format csv",
      "  centroid score --model runs/0f3a9c41d2e7 --shards shards --split test --output scores",
      "  centroid score --model model.zip --data cifar-10-binary.tar.gz --output scores"
    })
final class ScoreCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      paramLabel = "PATH",
      required = true,
      description = "A run's directory, its model.zip, or a promoted model's directory.")
  private Path model;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Source source;

  @Option(
      names = "--split",
      description =
          "train, validation or test, of shards or CIFAR-10's own files; default: all of them.")
  private Split split;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      required = true,
      description = "Directory that gets one row for each image; any Hadoop path.")
  private Path output;

  @Option(names = "--format", description = "parquet or csv; default: parquet.")
  private ScoreFormat format = ScoreFormat.PARQUET;

  @Option(
      names = "--id",
      paramLabel = "COLUMN",
      description = "Of --table: what rows are called; default: a hash of what is in them.")
  private String id;

  @Option(
      names = "--table-format",
      paramLabel = "FORMAT",
      description = "Of --table: as --format of prepare.")
  private String tableFormat;

  @Option(names = "--overwrite", description = "Replace what stands at --output.")
  private boolean overwrite;

  /** Where the images come from. */
  private static final class Source {
    @Option(
        names = "--images",
        paramLabel = "PATH",
        arity = "1..*",
        description =
            "PNG, JPEG, GIF or BMP images, and directories with all below them; any Hadoop paths.")
    private List<Path> images = List.of();

    @Option(
        names = "--shards",
        paramLabel = "DIR",
        description = "Shard set that 'prepare' published; any Hadoop path.")
    private Path shards;

    @Option(
        names = "--table",
        paramLabel = "PATH",
        description = "Table with the columns that the model was trained on; any Hadoop path.")
    private Path table;

    @Option(
        names = "--data",
        paramLabel = "PATH",
        description = "CIFAR-10's own files: an archive or a directory with its batches.")
    private Path data;
  }

  @Override
  public Integer call() throws Exception {
    Phases phases = new Phases(System.out);
    try (JobSession session =
        JobSession.of("centroid score", CentroidKryoRegistrator.class, phases)) {
      Configuration configuration = session.hadoop();
      Target target = ScoreJob.target(output, configuration);
      target.requireApartFrom(model, source.shards, source.data, source.table);
      target.requireApartFrom(source.images.toArray(Path[]::new));
      session.openMeanwhile();
      PublishedModel published =
          PublishedModel.read(ModelStore.resolve(model, configuration), configuration);
      PictureSource pictures = pictures(session, configuration);
      new ScoreJob(session.spark(), published, pictures, target, format, overwrite, phases)
          .execute();
      phases.say("The scores are in %s", output);
      return 0;
    }
  }

  private PictureSource pictures(JobSession session, Configuration configuration)
      throws IOException {
    if (source.table != null) {
      return new TableRows(session.spark(), source.table.toString(), tableFormat, id);
    }
    List<Split> splits = split == null ? List.of(Split.values()) : List.of(split);
    if (source.shards != null) {
      return new ShardPictures(source.shards, splits);
    }
    return source.data != null
        ? new SourcePictures(ImageSources.open(source.data, configuration), splits)
        : new ImageFiles(source.images);
  }
}
