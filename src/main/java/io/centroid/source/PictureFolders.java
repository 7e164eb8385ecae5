package io.centroid.source;

import io.centroid.cifar.Batch;
import io.centroid.cifar.Cifar;
import io.centroid.data.DataSet;
import io.centroid.data.FeatureShape;
import io.centroid.data.FileKind;
import io.centroid.data.Split;
import io.centroid.error.JobException;
import io.centroid.picture.ImageDecoder;
import io.centroid.picture.ImageFile;
import io.centroid.picture.ImageListing;
import io.centroid.picture.UnreadableImageException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A directory with a directory of pictures for each class, in itself or in {@code train}, {@code
 * validation} and {@code test}. Classes are in the order of their names. An example's id is a hash
 * of its path in the directory.
 */
public final class PictureFolders implements ExampleSource {
  private static final Logger LOG = LogManager.getLogger();

  /** Files that are opened to see whether a directory holds pictures. */
  private static final int LOOKED_AT = 20;

  /** Tasks that decode, for each task slot: pictures differ in what they take. */
  private static final int TASKS_PER_SLOT = 16;

  /** What operating systems and programs that pack or show files leave beside them. */
  private static final Set<String> OF_SYSTEMS =
      Set.of("__MACOSX", "lost+found", "@eaDir", "$RECYCLE.BIN", "System Volume Information");

  private final Path root;
  private final DataSet dataSet;
  private final List<Folder> folders;
  private final List<String> leftOut;
  private final PictureSize size;

  /** The directory of one class in one split. */
  record Folder(String name, Split split, String className) implements Serializable {}

  /** A file that may be a picture, and what is known of it from where it lies. */
  record Found(String name, String location, String problem, Split split, int label)
      implements Serializable {}

  private PictureFolders(
      Path root, DataSet dataSet, List<Folder> folders, List<String> leftOut, PictureSize size) {
    this.root = root;
    this.dataSet = dataSet;
    this.folders = folders;
    this.leftOut = leftOut;
    this.size = size;
  }

  /**
   * Looks whether a path is such a directory.
   *
   * @param size what pictures are resized to; without it all must be of one size
   * @return nothing when it is something else
   * @throws JobException with category DATA when it is one that cannot be used
   * @throws IOException when the storage fails
   */
  public static Optional<PictureFolders> find(
      Path path, PictureSize size, Configuration configuration) throws IOException {
    SourceFiles storage = SourceFiles.of(path, configuration);
    FileStatus status = storage.status(path);
    if (!status.isDirectory()) {
      return Optional.empty();
    }
    Path root = status.getPath();
    List<String> leftOut = new ArrayList<>();
    List<Folder> folders = folders(storage, root, leftOut);
    List<Folder> withPictures = new ArrayList<>();
    int withOthers = 0;
    for (Folder folder : folders) {
      switch (look(storage, below(root, folder.name()))) {
        case PICTURES -> withPictures.add(folder);
        case OTHERS -> withOthers++;
        case BATCHES -> {
          return Optional.empty();
        }
        case NOTHING -> {} // a class without pictures, which is told later
      }
    }
    if (withPictures.size() <= withOthers) {
      return Optional.empty();
    }
    List<String> classes =
        List.copyOf(new TreeSet<>(folders.stream().map(Folder::className).toList()));
    Path first = below(root, withPictures.get(0).name());
    FeatureShape shape =
        size.shapeOr(
            () ->
                shapeOf(ImageListing.of(first, root.getFileSystem(configuration)), configuration));
    try {
      DataSet dataSet = new DataSet(root.getName(), shape, classes);
      return Optional.of(new PictureFolders(root, dataSet, folders, List.copyOf(leftOut), size));
    } catch (IllegalArgumentException e) {
      throw JobException.data(
          "Cannot read pictures in %s: found %s, expected a directory of pictures for each class."
              .formatted(path, e.getMessage()),
          e);
    }
  }

  /** A name with a colon would be taken for that of a file system. */
  private static Path below(Path root, String name) {
    return new Path(root, new Path(null, null, name));
  }

  private static List<Folder> folders(SourceFiles storage, Path root, List<String> leftOut)
      throws IOException {
    List<String> top = directories(storage, root, leftOut);
    SortedMap<Split, String> splits = new TreeMap<>();
    for (String name : top) {
      Optional<Split> split = SplitNames.split(name);
      if (split.isPresent()
          && !directories(storage, below(root, name), new ArrayList<>()).isEmpty()) {
        String other = splits.put(split.get(), name);
        if (other != null) {
          throw JobException.data(
              "Cannot read pictures in %s: found both %s and %s, expected one directory for a split. Move one away."
                  .formatted(root, other, name));
        }
      }
    }
    List<Folder> folders = new ArrayList<>();
    if (!splits.containsKey(Split.TRAIN)) {
      top.stream()
          .filter(name -> !splits.containsValue(name))
          .forEach(name -> folders.add(new Folder(name, Split.TRAIN, name)));
    }
    for (Map.Entry<Split, String> split : splits.entrySet()) {
      for (String name : directories(storage, below(root, split.getValue()), leftOut)) {
        folders.add(new Folder(split.getValue() + "/" + name, split.getKey(), name));
      }
    }
    return folders;
  }

  /** Those that may be of a class; why others are not is added to what is left out. */
  private static List<String> directories(SourceFiles storage, Path path, List<String> leftOut)
      throws IOException {
    String here = storage.target(path).toUri().getPath() + Path.SEPARATOR;
    List<String> names = new ArrayList<>();
    for (FileStatus child : storage.list(path)) {
      String name = child.getPath().getName();
      if (!child.isDirectory() || ImageListing.isHidden(name) || OF_SYSTEMS.contains(name)) {
        continue;
      }
      String target = storage.target(child.getPath()).toUri().getPath();
      if (here.startsWith(target + Path.SEPARATOR)) {
        leftOut.add(name + ": found a link to a directory that it is in");
      } else if (!storage.isListable(child.getPath())) {
        leftOut.add(name + ": found no permission to read it");
      } else {
        names.add(name);
      }
    }
    return names;
  }

  /** What the first files of a directory are. */
  private enum Look {
    PICTURES,
    BATCHES,
    OTHERS,
    NOTHING
  }

  /** What cannot be looked into holds no pictures, as far as can be known. */
  private static Look look(SourceFiles storage, Path folder) {
    Look found = Look.NOTHING;
    try {
      for (Path file : storage.first(folder, LOOKED_AT)) {
        if (Batch.named(Cifar.CIFAR_10, file.getName()).isPresent()) {
          return Look.BATCHES;
        }
        if (FileKind.of(storage.start(file)).filter(FileKind.PICTURE::equals).isPresent()) {
          return Look.PICTURES;
        }
        found = Look.OTHERS;
      }
      return found;
    } catch (IOException | JobException e) {
      LOG.info("Not looked into: {}", folder, e);
      return Look.OTHERS;
    }
  }

  /** That of the first picture by name, whatever the file system lists first. */
  private static FeatureShape shapeOf(ImageListing listing, Configuration configuration)
      throws IOException {
    String problem = "nothing";
    for (String location : listing.files().values()) {
      try {
        return ImageDecoder.shape(ImageFile.read(location, configuration));
      } catch (UnreadableImageException e) {
        problem = location + ": " + e.getMessage();
      }
    }
    throw JobException.data(
        "Cannot tell the size of pictures: %s. Use --image-size and --image-channels."
            .formatted(problem));
  }

  /** Directories that might be of classes and are none, with the reason. */
  public List<String> leftOut() {
    return leftOut;
  }

  @Override
  public DataSet dataSet() {
    return dataSet;
  }

  @Override
  public Set<Split> splits() {
    Set<Split> splits = new TreeSet<>(Set.of(Split.TRAIN));
    folders.forEach(folder -> splits.add(folder.split()));
    return splits;
  }

  @Override
  public JavaRDD<SourceExample> examples(JavaSparkContext context) {
    Broadcast<SerializableConfiguration> configuration =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    int tasks = TASKS_PER_SLOT * context.defaultParallelism();
    return context
        .parallelize(folders, folders.size())
        .flatMap(new ListFolder(root.toString(), dataSet.classNames(), configuration))
        .repartition(tasks)
        .map(new Decode(dataSet.shape(), size, configuration));
  }

  /** Lists the files of one class, on an executor: there may be many. */
  private record ListFolder(
      String root, List<String> classNames, Broadcast<SerializableConfiguration> configuration)
      implements FlatMapFunction<Folder, Found> {
    @Override
    public Iterator<Found> call(Folder folder) throws IOException {
      Path path = below(new Path(root), folder.name());
      FileSystem fileSystem = path.getFileSystem(configuration.value().value());
      ImageListing listing = ImageListing.of(path, fileSystem);
      return Stream.of(
              found(folder, listing.files(), false), found(folder, listing.problems(), true))
          .flatMap(Collection::stream)
          .iterator();
    }

    private List<Found> found(Folder folder, SortedMap<String, String> entries, boolean problems) {
      return entries.entrySet().stream()
          .filter(entry -> !problems || !ImageListing.isHidden(entry))
          .map(
              entry ->
                  new Found(
                      folder.name() + "/" + entry.getKey(),
                      problems ? null : entry.getValue(),
                      problems ? entry.getValue() : null,
                      folder.split(),
                      classNames.indexOf(folder.className())))
          .toList();
    }
  }

  /** Reads and decodes one file. */
  private record Decode(
      FeatureShape shape, PictureSize size, Broadcast<SerializableConfiguration> configuration)
      implements Function<Found, SourceExample> {

    @Override
    public SourceExample call(Found file) throws IOException {
      if (file.problem() != null) {
        return unreadable(file, file.problem());
      }
      try {
        byte[] content = ImageFile.read(file.location(), configuration.value().value());
        return new SourceExample(
            id(file.name()),
            0,
            file.name(),
            file.split(),
            file.label(),
            1,
            size.pixels(content, shape),
            null);
      } catch (UnreadableImageException e) {
        return unreadable(file, e.getMessage());
      }
    }

    private static SourceExample unreadable(Found file, String problem) {
      return new SourceExample(
          id(file.name()), 0, file.name(), file.split(), file.label(), 1, null, problem);
    }

    /** The first 63 bits of SHA-256. */
    private static long id(String name) {
      byte[] hash = DigestUtils.sha256(name.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(hash).getLong() >>> 1;
    }
  }
}
