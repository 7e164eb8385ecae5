package io.centroid.train;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import io.centroid.report.TrainingListener;
import io.centroid.run.EpochRecord;
import io.centroid.run.RoundTiming;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.MetricsSystem;
import org.apache.spark.metrics.source.Source;

/**
 * A training in Spark's metrics system, for whatever sinks {@code spark.metrics.conf.*} names; on
 * the driver, for as long as it trains.
 *
 * <p>It registers itself rather than through {@code spark.plugins}: Spark makes a plugin's classes
 * on every executor too, before these have the job jar.
 *
 * <p>Gauges: {@code epoch} and {@code round}, the ones done last, from 1, and 0 before; {@code
 * epochs}, the most there will be; {@code loss}, mean training loss of the last round; {@code
 * epochLoss}, {@code validationLoss}, {@code validationAccuracy} (0 to 1) and {@code
 * imagesPerSecond} of the last epoch; {@code checkpointAge}, seconds since one was written. What is
 * not known yet is NaN. {@code images} counts, {@code roundTime} times the rounds of this process,
 * in nanoseconds.
 */
final class TrainingSource implements Source, TrainingListener, AutoCloseable {
  private static final double MILLIS = 1e3;
  private static final double NANOS = 1e9;

  private final MetricRegistry registry = new MetricRegistry();
  private final MetricsSystem system;
  private final Counter images = registry.counter("images");
  private final Timer roundTime = registry.timer("roundTime");
  private volatile Place place = new Place(0, 0, Double.NaN);
  private volatile EpochRecord lastEpoch;

  private TrainingSource(MetricsSystem system) {
    this.system = system;
  }

  private record Place(int epoch, int round, double loss) {}

  /**
   * Registers a training.
   *
   * @param epochs the most there will be
   * @param checkpointWritten when the newest checkpoint of this process was written
   */
  static TrainingSource register(int epochs, Supplier<Optional<Instant>> checkpointWritten) {
    TrainingSource source = new TrainingSource(SparkEnv.get().metricsSystem());
    source.gauge("epochs", () -> epochs);
    source.gauge("epoch", () -> source.place.epoch);
    source.gauge("round", () -> source.place.round);
    source.gauge("loss", () -> source.place.loss);
    source.gauge("epochLoss", () -> source.ofLastEpoch(EpochRecord::trainingLoss));
    source.gauge("validationLoss", () -> source.ofLastEpoch(EpochRecord::validationLoss));
    source.gauge("validationAccuracy", () -> source.ofLastEpoch(EpochRecord::validationAccuracy));
    source.gauge("imagesPerSecond", () -> source.ofLastEpoch(EpochRecord::imagesPerSecond));
    source.gauge(
        "checkpointAge",
        () ->
            checkpointWritten
                .get()
                .map(at -> Duration.between(at, Instant.now()).toMillis() / MILLIS)
                .orElse(Double.NaN));
    source.system.registerSource(source);
    return source;
  }

  @Override
  public void roundDone(int epoch, int round, double meanLoss, RoundTiming timing) {
    place = new Place(epoch, round, meanLoss);
    images.inc(timing.examples());
    roundTime.update(Duration.ofNanos((long) (timing.total() * NANOS)));
  }

  @Override
  public void epochDone(List<EpochRecord> history) {
    lastEpoch = history.get(history.size() - 1);
  }

  @Override
  public String sourceName() {
    return "training";
  }

  @Override
  public MetricRegistry metricRegistry() {
    return registry;
  }

  /** Takes the training out of the metrics system. */
  @Override
  public void close() {
    system.removeSource(this);
  }

  private void gauge(String name, Gauge<Number> value) {
    registry.register(name, value);
  }

  private double ofLastEpoch(Function<EpochRecord, Double> figure) {
    EpochRecord epoch = lastEpoch;
    Double value = epoch == null ? null : figure.apply(epoch);
    return value == null ? Double.NaN : value;
  }
}
