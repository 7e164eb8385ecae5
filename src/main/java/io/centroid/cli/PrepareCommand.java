package io.centroid.cli;

import io.centroid.cifar.StandInImages;
import io.centroid.config.PrepareSettings;
import io.centroid.data.ImageSource;
import io.centroid.job.JobSession;
import io.centroid.job.Phases;
import io.centroid.job.Terminal;
import io.centroid.prep.ArchiveCache;
import io.centroid.prep.ArchiveDownload;
import io.centroid.prep.ExistingShards;
import io.centroid.prep.PrepareJob;
import io.centroid.prep.PrepareJob.Prepared;
import io.centroid.prep.PrepareKryoRegistrator;
import io.centroid.source.ImageSources;
import io.centroid.source.ParquetFiles;
import io.centroid.source.PictureFolders;
import io.centroid.source.TableSource;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code centroid prepare}. */
@Command(
    name = "prepare",
    description =
        "Reads CIFAR-10, pictures of your own or a table, checks them, normalizes them and writes Parquet shards.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  centroid prepare --data cifar-10-binary.tar.gz --shards shards",
      "  centroid prepare --data hdfs:///data/cifar-10-batches-py --shards hdfs:///shards \\",
      "      --set prepare.normalization=standardize",
      "  centroid prepare --data photos-by-class --image-size 64x64 --shards shards",
      "  centroid prepare --table iris.csv --label species --shards shards",
      "  centroid prepare --download --shards shards",
      "  centroid prepare --stand-in --shards shards-stand-in"
    })
final class PrepareCommand implements Callable<Integer> {
  @ArgGroup(exclusive = true, multiplicity = "1")
  private Source source;

  @Option(
      names = "--shards",
      paramLabel = "DIR",
      required = true,
      description = "Directory that becomes the shard set; any Hadoop path.")
  private Path shards;

  @Option(
      names = "--overwrite",
      description = "Replace shards of other images or settings, once the new ones are complete.")
  private boolean overwrite;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description = "Where --download keeps the archive; default: $XDG_CACHE_HOME/centroid.")
  private java.nio.file.Path cache;

  @Option(
      names = "--site",
      paramLabel = "URL",
      description =
          "A mirror for --download: the folder of the archive or its own address; default:"
              + " ${DEFAULT-VALUE}.",
      defaultValue = "https://www.cs.toronto.edu/~kriz/")
  private URI site;

  @Mixin private PictureOptions pictures = new PictureOptions();

  @Mixin private TableArguments table = new TableArguments();

  @Mixin private SettingsOptions options = new SettingsOptions();

  /** Where the images come from. */
  private static final class Source {
    @Option(
        names = "--data",
        paramLabel = "PATH",
        description =
            "An archive of CIFAR-10 or CIFAR-100 (binary or Python), a directory with its batches, or one with a"
                + " directory of pictures for each class; told apart by content; any Hadoop path.")
    private Path data;

    @Option(
        names = "--table",
        paramLabel = "PATH",
        description = "A table that Spark reads, of rows to classify; any Hadoop path.")
    private Path table;

    @Option(
        names = "--download",
        description = "The official archive, fetched once and kept in a cache.")
    private boolean download;

    @Option(
        names = "--stand-in",
        description = "Generated data of the same shape, for machines with no network.")
    private boolean standIn;
  }

  @Override
  public Integer call() throws Exception {
    PrepareSettings settings = options.load().prepare();
    Phases phases = new Phases(System.out);
    java.nio.file.Path downloaded = source.download ? download(phases) : null;
    try (JobSession session =
        JobSession.of("centroid prepare", PrepareKryoRegistrator.class, phases)) {
      PrepareJob.target(shards, session.hadoop()).requireApartFrom(source.data, source.table);
      report(job(session, settings, downloaded, phases).execute(), phases);
      return 0;
    }
  }

  private PrepareJob job(
      JobSession session, PrepareSettings settings, java.nio.file.Path downloaded, Phases phases)
      throws IOException {
    ExistingShards existing = overwrite ? ExistingShards.OVERWRITE : ExistingShards.KEEP;
    if (source.table != null) {
      TableSource rows =
          TableSource.open(session.spark(), table.of(source.table.toString()), pictures.size());
      return new PrepareJob(session, rows, settings, shards, existing, phases);
    }
    table.requireNone();
    Optional<PictureFolders> folders =
        source.data == null
            ? Optional.empty()
            : PictureFolders.find(source.data, pictures.size(), session.hadoop());
    if (folders.isPresent()) {
      folders.get().leftOut().forEach(each -> phases.say("Left out: %s", Terminal.printable(each)));
      return new PrepareJob(session, folders.get(), settings, shards, existing, phases);
    }
    pictures.requireNone();
    List<String> parquet =
        source.data == null ? List.of() : ParquetFiles.in(source.data, session.hadoop());
    Optional<TableSource> rows =
        parquet.isEmpty()
            ? Optional.empty()
            : TableSource.findKnown(session.spark(), source.data, parquet);
    if (rows.isPresent()) {
      return new PrepareJob(session, rows.get(), settings, shards, existing, phases);
    }
    ImageSource images = images(settings, downloaded, session.hadoop());
    return new PrepareJob(session, images, settings, shards, existing, phases);
  }

  private java.nio.file.Path download(Phases phases) throws IOException {
    ArchiveCache directory =
        cache == null ? ArchiveCache.ofUser(System.getenv()) : new ArchiveCache(cache);
    return new ArchiveDownload(site, directory, phases).fetch();
  }

  private ImageSource images(
      PrepareSettings settings, java.nio.file.Path downloaded, Configuration configuration)
      throws IOException {
    if (source.standIn) {
      return new StandInImages(
          settings.seed(), settings.standInTrainingImages(), settings.standInTestImages());
    }
    Path data = downloaded == null ? source.data : new Path(downloaded.toUri());
    return ImageSources.open(data, configuration);
  }

  private void report(Prepared prepared, Phases phases) {
    phases.conclude(
        "%s: %,d %s in %d shards"
            .formatted(
                prepared.manifest().dataset(),
                prepared.manifest().splits().stream().mapToLong(split -> split.examples()).sum(),
                prepared.manifest().dataSet().examplesAreCalled(),
                prepared.manifest().shards().size()),
        (prepared.status() == PrepareJob.Status.ALREADY_THERE
                ? "The same shards were there before, in "
                : "The shards are in ")
            + shards,
        "submit/train.sh --shards %s --runs runs".formatted(shards));
  }
}
