package io.centroid.job;

import io.centroid.error.FailureCategory;
import io.centroid.error.JobException;
import io.centroid.error.Reason;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.security.auth.login.LoginException;
import org.apache.spark.SparkConf;
import scala.Tuple2;

/**
 * What a Spark that does not start, or that its properties hold up, means for the user. Spark has
 * few classes of exceptions; what is meant is in the messages, which are those of Spark 3.5.
 */
public final class SparkFailure {
  private static final Pattern PROPERTY = Pattern.compile("\\bspark(\\.\\w+)+");

  /** What Spark's redaction hides, too. */
  private static final Pattern SECRET = Pattern.compile("(?i)secret|password|token|key");

  /** How Spark ends when the cluster ends the application, or never began it. */
  private static final Pattern GONE =
      Pattern.compile(
          "All masters are unresponsive|Master removed our application"
              + "|error from cluster scheduler|SparkContext was shut down|stopped SparkContext"
              + "|stopped while waiting for backend|Block broadcast_\\d+ does not exist"
              + "|Yarn application has already ended");

  /** How Spark says that executors did not stay. */
  private static final Pattern LOST =
      Pattern.compile(
          "ExecutorLostFailure|has failed the maximum allowable number of times|TaskResultLost");

  /** How Spark says that a task failed as often as it was tried. */
  private static final Pattern FAILED_TASK =
      Pattern.compile(
          "Job aborted due to stage failure: Task .* failed (?<times>\\d+) times, most recent failure:"
              + " Lost task .*? \\((?<place>[^()]*)\\): (?<cause>.*)");

  /** How {@link ExecutorCores} begins what it ends jobs with. */
  static final String FEW_CORES = "found no executor with more cores than ";

  private static final Pattern TOO_FEW_CORES = Pattern.compile(FEW_CORES + ".*?=\\d+");

  /** Bytes: results up to this size are only lost when they are dropped. */
  private static final int LEAST_RESULTS = 1 << 20;

  /** How Java says that a class of Spark's, or of its Scala's, is not the one that was sent. */
  private static final Pattern OTHER_CLASS =
      Pattern.compile(
          "InvalidClassException: ((?:org\\.apache\\.spark|scala)\\.[\\w.$]+); local class incompatible");

  /**
   * How executors say that they cannot have a class: that it is of a later Java, or, in what tasks
   * are sent as, nothing of it.
   */
  private static final Pattern NO_CLASS =
      Pattern.compile("UnsupportedClassVersionError: [^\n]*|unread block data");

  private static final Pattern MASTER = Pattern.compile("(?:^spark://|,)([^,]+):(\\d+)(?=,|$)");

  /** Milliseconds. */
  private static final int LONGEST_CONNECT = 2000;

  private static final int SHORTEST_VALUE = 4;
  private static final int LONGEST_REASON = 200;

  private SparkFailure() {}

  /** How Spark says that a property of its own is in the way of a job that runs. */
  private enum Bound {
    RESULTS("is bigger than (spark\\.driver\\.maxResultSize)"),
    BUFFER("Kryo serialization failed: Buffer overflow.*(spark\\.kryoserializer\\.buffer\\.max)"),
    MESSAGE("exceeds max allowed: (spark\\.rpc\\.message\\.maxSize)");

    private final Pattern said;

    Bound(String said) {
      this.said = Pattern.compile(said);
    }

    static Optional<String> property(String messages) {
      return Arrays.stream(values())
          .flatMap(bound -> bound.said.matcher(messages).results())
          .map(match -> match.group(1))
          .findFirst();
    }
  }

  /**
   * Explains a failure of a job, or of a process without a session.
   *
   * @return category SETTINGS, or RESOURCES where the cluster or executors are gone; nothing where
   *     neither Spark, its properties nor the user are to blame
   */
  public static Optional<JobException> explain(Throwable failure) {
    String messages = messages(failure);
    SparkConf conf = new SparkConf();
    Optional<JobException> bound =
        Bound.property(messages)
            .or(() -> dropped(messages, conf))
            .map(
                name ->
                    settings(
                        failure,
                        "Cannot go on: found %s, expected room for what this job sends. Raise it by --spark-conf %s=..."
                            .formatted(shown(name, conf), name)));
    return bound
        .or(() -> otherSpark(failure, messages))
        .or(() -> otherJava(failure, messages))
        .or(() -> cores(failure, messages))
        .or(() -> registration(failure, messages))
        .or(() -> login(failure))
        .or(() -> value(failure, messages, conf))
        .or(() -> GONE.matcher(messages).find() ? away(failure, messages) : Optional.empty())
        .or(() -> lost(failure));
  }

  /**
   * An executor drops a result that is larger than the driver takes; of a shuffle's tasks the
   * driver only learns that it is not there.
   */
  private static Optional<String> dropped(String messages, SparkConf conf) {
    String name = "spark.driver.maxResultSize";
    return messages.contains("TaskResultLost") && conf.getSizeAsBytes(name, "1g") < LEAST_RESULTS
        ? Optional.of(name)
        : Optional.empty();
  }

  private static Optional<JobException> lost(Throwable failure) {
    return LOST.matcher(String.valueOf(failure.getMessage())).find()
        ? Optional.of(
            new JobException(
                FailureCategory.RESOURCES,
                "Cannot go on: found lost executors (%s), expected ones that stay. Look at their logs, give them more memory, or run again."
                    .formatted(said(failure)),
                failure))
        : Optional.empty();
  }

  /**
   * A failure on one line without its full stop: its kind and what it says, or of a task's what
   * became of it.
   */
  public static String said(Throwable failure) {
    String message = Reason.of(failure);
    Matcher task = FAILED_TASK.matcher(message);
    String said =
        task.find()
            ? "a task failed %s times, last on %s: %s"
                .formatted(task.group("times"), task.group("place"), task.group("cause"))
            : failure.getMessage() == null
                ? message
                : failure.getClass().getSimpleName() + ": " + message;
    return said.replaceAll("[.;]+$", "");
  }

  /** Executors, or a Master, have classes of another version. */
  private static Optional<JobException> otherSpark(Throwable failure, String messages) {
    Matcher other = OTHER_CLASS.matcher(messages);
    return other.find()
        ? Optional.of(
            settings(
                failure,
                "Cannot go on: found another Spark on the cluster than %s here (%s is another class there), expected the same. Start this with the cluster's Spark, named by SPARK_HOME."
                    .formatted(SparkLine.running(), other.group(1))))
        : Optional.empty();
  }

  /** Executors have an earlier Java, or not the program. */
  private static Optional<JobException> otherJava(Throwable failure, String messages) {
    Matcher unread = NO_CLASS.matcher(messages);
    return unread.find()
        ? Optional.of(
            settings(
                failure,
                "Cannot go on: found executors that cannot read the classes of this program (%s), expected Java %d there, as here. Set JAVA_HOME of the cluster's machines, or spark.executorEnv.JAVA_HOME, to a JDK %2$d."
                    .formatted(unread.group(), Runtime.version().feature())))
        : Optional.empty();
  }

  /** No Master took the application; one that listens cannot read what another version sends. */
  static JobException unregistered(SparkConf conf) {
    String master = conf.get("spark.master", "");
    return isListening(master)
        ? JobException.settings(
            "Cannot start Spark: found a Master at %s that takes no application from Spark %s, expected one of this version. Start this with the cluster's Spark, named by SPARK_HOME, or look in the Master's log."
                .formatted(master, SparkLine.running()))
        : away("All masters are unresponsive", null);
  }

  /** Whether somebody listens where a URL of Masters says, {@code spark://host:port,host:port}. */
  private static boolean isListening(String masters) {
    return MASTER
        .matcher(masters)
        .results()
        .anyMatch(
            master -> {
              try (Socket socket = new Socket()) {
                socket.connect(
                    new InetSocketAddress(master.group(1), Integer.parseInt(master.group(2))),
                    LONGEST_CONNECT);
                return true;
              } catch (IOException | IllegalArgumentException e) {
                return false;
              }
            });
  }

  private static Optional<JobException> cores(Throwable failure, String messages) {
    return TOO_FEW_CORES
        .matcher(messages)
        .results()
        .findFirst()
        .map(
            found ->
                settings(
                    failure,
                    "Cannot go on: %s. Lower it, or start Workers that have as many cores."
                        .formatted(found.group())));
  }

  /** A property that Spark reads only when it needs it. */
  private static Optional<JobException> value(Throwable failure, String messages, SparkConf conf) {
    Optional<String> culprit =
        isOf(failure, IllegalArgumentException.class)
                || messages.contains("IllegalArgumentException: ") // of a task
            ? named(messages, conf)
            : isOf(failure, ClassNotFoundException.class)
                ? valued(messages, conf)
                : Optional.empty();
    return culprit.map(name -> refused(failure, "go on", shown(name, conf)));
  }

  private static JobException refused(Throwable failure, String action, String property) {
    return settings(
        failure,
        "Cannot %s: found %s (%s), expected a value that Spark takes. Correct it in spark-defaults.conf, --properties-file or --spark-conf."
            .formatted(action, property, reason(failure)));
  }

  /**
   * Explains why a session could not be opened.
   *
   * @param conf what it was to be opened with
   * @return category SETTINGS, but RESOURCES where the cluster is away or memory is too little
   */
  static JobException atStart(Throwable failure, SparkConf conf) {
    String reason = reason(failure);
    return Reason.cause(failure, JobException.class)
        .or(() -> login(failure))
        .or(() -> otherSpark(failure, messages(failure)))
        .or(() -> address(failure, reason))
        .or(() -> resources(failure, reason))
        .orElseGet(() -> ofStart(failure, reason, conf));
  }

  private static JobException ofStart(Throwable failure, String reason, SparkConf conf) {
    String messages = messages(failure);
    return named(messages, conf)
        .or(() -> valued(messages, conf))
        .or(() -> PROPERTY.matcher(messages).results().map(MatchResult::group).findFirst())
        .map(name -> refused(failure, "start Spark", shown(name, conf)))
        .orElseGet(
            () ->
                settings(
                    failure,
                    "Cannot start Spark: found a failure (%s), expected properties that go together. Correct spark-defaults.conf, --properties-file or --spark-conf."
                        .formatted(reason)));
  }

  /** Kryo asks for classes by name. */
  private static Optional<JobException> registration(Throwable failure, String messages) {
    if (messages.contains("Failed to register classes with Kryo")) {
      return Optional.of(
          settings(
              failure,
              "Cannot go on: found spark.kryo.registrator or spark.kryo.classesToRegister with a class that cannot be used (%s), expected classes that are there. Correct the property, or add their jar by --jars."
                  .formatted(reason(failure))));
    }
    Matcher unregistered = Pattern.compile("Class is not registered: (\\S+)").matcher(messages);
    return unregistered.find()
        ? Optional.of(
            settings(
                failure,
                "Cannot go on: found spark.kryo.registrationRequired=true and the class %s, which is not registered, expected none that must be. Leave the property out."
                    .formatted(unregistered.group(1))))
        : Optional.empty();
  }

  private static Optional<JobException> login(Throwable failure) {
    return isOf(failure, LoginException.class)
        ? Optional.of(
            settings(
                failure,
                "Cannot start as this user: found no login (%s), expected a name in /etc/passwd, or a ticket that is valid. Add or get it, or start as another user."
                    .formatted(reason(failure))))
        : Optional.empty();
  }

  /** This machine has no name that others can look up, or no address to listen at. */
  private static Optional<JobException> address(Throwable failure, String reason) {
    String found = null;
    if (isOf(failure, BindException.class)) {
      found = "no address of this machine to listen at";
    } else if (isNameless()) {
      found = "a name of this machine that has no address";
    } else if (messages(failure).contains("Invalid Spark URL")) {
      found = "a name of this machine that no URL can have";
    }
    return Optional.ofNullable(found)
        .map(
            what ->
                settings(
                    failure,
                    "Cannot start Spark: found %s (%s), expected one that its network knows. Set SPARK_LOCAL_IP, to 127.0.0.1 where all runs on this machine, or correct the name in /etc/hosts."
                        .formatted(what, reason)));
  }

  private static boolean isNameless() {
    try {
      InetAddress.getLocalHost();
      return false;
    } catch (UnknownHostException e) {
      return true;
    }
  }

  private static Optional<JobException> resources(Throwable failure, String reason) {
    String messages = messages(failure);
    if (messages.matches("(?s).*(System|Executor) memory \\d+ must be at least.*")) {
      return Optional.of(
          new JobException(
              FailureCategory.RESOURCES,
              "Cannot start Spark: found too little memory (%s), expected more. Use a larger --driver-memory or --executor-memory."
                  .formatted(reason),
              failure));
    }
    return away(failure, messages);
  }

  private static JobException away(String reason, Throwable failure) {
    return new JobException(
        FailureCategory.RESOURCES,
        "Cannot go on: found no cluster any more, or none that answers (%s), expected the one of --master. Check its address, its own logs and the network, or run again when it is there."
            .formatted(reason),
        failure);
  }

  private static Optional<JobException> away(Throwable failure, String messages) {
    boolean isAway =
        isOf(failure, ConnectException.class)
            || isOf(failure, NoRouteToHostException.class)
            || isOf(failure, SocketTimeoutException.class)
            || isOf(failure, UnknownHostException.class);
    return isAway || GONE.matcher(messages).find()
        ? Optional.of(away(reason(failure), failure))
        : Optional.empty();
  }

  /** The property that is set and that a failure names. */
  private static Optional<String> named(String messages, SparkConf conf) {
    return PROPERTY
        .matcher(messages)
        .results()
        .map(MatchResult::group)
        .filter(conf::contains)
        .findFirst();
  }

  /** The property whose value a failure names. */
  private static Optional<String> valued(String messages, SparkConf conf) {
    return Arrays.stream(conf.getAll())
        .filter(property -> property._2().length() >= SHORTEST_VALUE)
        .filter(property -> messages.contains(property._2()))
        .max(Comparator.comparing(property -> property._2().length()))
        .map(Tuple2::_1);
  }

  /** A property with its value, unless that is a secret. */
  private static String shown(String name, SparkConf conf) {
    String value = conf.get(name, "");
    return value.isEmpty() ? "no " + name : SECRET.matcher(name).find() ? name : name + "=" + value;
  }

  private static JobException settings(Throwable failure, String message) {
    return new JobException(FailureCategory.SETTINGS, message, failure);
  }

  /** What the innermost cause says, of which the first sentence. */
  private static String reason(Throwable failure) {
    Throwable cause = Reason.chain(failure).reduce((outer, inner) -> inner).orElseThrow();
    String said =
        String.valueOf(cause.getMessage())
            .lines()
            .findFirst()
            .orElse("")
            .replaceFirst("^\\[[A-Z_.]+] ", "");
    String sentence = said.replaceAll("[.;!](\\s.*)?$", "");
    String name = cause.getClass().getSimpleName();
    String reason =
        cause instanceof ReflectiveOperationException
                || cause instanceof LinkageError
                || cause.getMessage() == null
            ? name + ": " + sentence
            : sentence;
    return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + "...";
  }

  private static String messages(Throwable failure) {
    return Reason.chain(failure)
        .map(cause -> String.valueOf(cause.getMessage()))
        .collect(Collectors.joining("\n"));
  }

  private static boolean isOf(Throwable failure, Class<? extends Throwable> kind) {
    return Reason.cause(failure, kind).isPresent();
  }
}
