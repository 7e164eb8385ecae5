package io.centroid.average;

import com.esotericsoftware.kryo.DefaultSerializer;
import io.centroid.kryo.RecordSerializer;
import java.io.Serializable;
import java.util.UUID;

/**
 * One training as executors know it, broadcast once.
 *
 * <p>Spark closes the value of a broadcast in each JVM where it leaves memory: when the engine has
 * destroyed the broadcast, and with it the session ends there; or when memory is short, and the
 * next task makes again what it needs.
 *
 * @param id no other training has it
 * @param configurationJson the Deeplearning4j configuration of the network
 */
@DefaultSerializer(RecordSerializer.class)
record TrainingSession(String id, String configurationJson) implements Serializable, AutoCloseable {

  /** A new training. */
  static TrainingSession of(String configurationJson) {
    return new TrainingSession(UUID.randomUUID().toString(), configurationJson);
  }

  /** What this JVM keeps for it. */
  WorkerEnvironment environment() {
    return WorkerEnvironment.of(id);
  }

  /** Frees what this JVM keeps for it, but for rounds under way. */
  @Override
  public void close() {
    WorkerEnvironment.release(id);
  }
}
