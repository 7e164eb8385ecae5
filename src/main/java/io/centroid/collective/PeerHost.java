package io.centroid.collective;

import org.apache.spark.SparkEnv;

/**
 * What one JVM keeps for the groups that it takes part in, one after the other: its connections to
 * other JVMs, and the group that its tasks are in now.
 */
public final class PeerHost implements AutoCloseable {
  /** After which a peer that is not heard of is lost. */
  private static final String TIMEOUT = "spark.centroid.peers.timeout";

  private Transport transport;
  private Peers present;
  private long attempt;
  private int tasks;
  private boolean closed;

  /**
   * A task enters the group of an attempt, and is to {@link #leave} it.
   *
   * @param group no other group has this number
   * @param rendezvous its name on the driver
   * @param fanIn how many are added up in one place
   */
  public synchronized Peers enter(long group, String rendezvous, int fanIn) {
    if (present == null || attempt != group) {
      SparkEnv environment = SparkEnv.get();
      if (transport == null && !environment.executorId().equals("driver")) {
        transport = Transport.open(environment);
      }
      present =
          new Peers(
              group, transport, rendezvous, fanIn, environment.conf().getTimeAsMs(TIMEOUT, "20s"));
      attempt = group;
      tasks = 0;
    }
    tasks++;
    return present;
  }

  /** A task leaves its group. */
  public synchronized void leave(Peers group) {
    if (group != present) {
      group.close(); // of an attempt before this one
    } else if (--tasks == 0) {
      present.close();
      present = null;
      closeIfUnused();
    }
  }

  /** Ends the connections, when the last task has left. */
  @Override
  public synchronized void close() {
    closed = true;
    closeIfUnused();
  }

  private void closeIfUnused() {
    if (closed && present == null && transport != null) {
      transport.close();
      transport = null;
    }
  }
}
