package io.centroid.collective;

import io.centroid.collective.Chunks.Chunk;
import io.centroid.collective.Membership.Member;
import io.centroid.collective.Transport.Link;
import io.centroid.collective.Transport.Receiver;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import scala.concurrent.Await;
import scala.concurrent.Future;
import scala.concurrent.duration.FiniteDuration;

/**
 * One JVM's part in a group of tasks that average arrays round after round. A worker's arrays are
 * contributed by the member that trains it; each {@link Chunks chunk} is folded by its owner when
 * all workers' are there, and goes to every JVM. Within a JVM arrays are handed on by reference.
 *
 * <p>Every wait ends within the time-out: when the task is killed, a connection is gone, a peer is
 * not heard of, or something comes in that does not belong here.
 */
public final class Peers {
  private static final long PATIENCE_MILLIS = 100;
  private static final long BEAT_MILLIS = 1_000;
  private static final byte[] EMPTY = {};

  private final long attempt;
  private final Transport transport;
  private final Rendezvous.Desk desk;
  private final int fanIn;
  private final long timeoutMillis;
  private final Incoming incoming = new Incoming();
  private final Object starting = new Object();
  private final List<Runnable> askers = new ArrayList<>();
  private final List<Runnable> atTheEnd = new ArrayList<>();

  private Membership membership;
  private Chunks chunks;
  private int node;

  /** By member, the place of its JVM among {@link #links}. */
  private int[] nodeOf;

  private volatile Inbox inbox;

  /** By JVM; null for this one. */
  private Link[] links;

  private volatile long[] heard;
  private volatile String failure;
  private volatile boolean left;
  private ScheduledExecutorService beating;

  /**
   * What a worker tells of a round.
   *
   * @param weight in the mean, 0 or more
   * @param content whatever else; its bytes are the caller's
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Note(double weight, byte[] content) {}

  /** Changes the mean before it is handed on; called for each range once, by its owner. */
  @FunctionalInterface
  public interface OuterStep {
    /**
     * Changes a range of the mean.
     *
     * @param array which of the arrays
     * @param from where in it the range begins
     * @param before the arrays that the round started from; read only
     * @param mean the arrays to change
     * @param kept arrays that only owners see; their ranges are those of array 0
     */
    void apply(int array, int from, int length, float[][] before, float[][] mean, float[][] kept);
  }

  /**
   * The part of a JVM.
   *
   * @param attempt no other group has it
   * @param transport to other JVMs; null in the driver's own, which has no others
   * @param rendezvous its name on the driver
   * @param fanIn how many are added up in one place
   * @param timeoutMillis after which a peer that is not heard of is lost
   */
  Peers(long attempt, Transport transport, String rendezvous, int fanIn, long timeoutMillis) {
    this.attempt = attempt;
    this.transport = transport;
    this.fanIn = fanIn;
    this.timeoutMillis = timeoutMillis;
    this.desk = new Rendezvous.Desk(rendezvous, attempt, millis(timeoutMillis));
    if (transport != null) {
      transport.register(attempt, incoming);
    }
  }

  /**
   * A task of this JVM takes part, from when all members do.
   *
   * @param member its place
   * @param start what the first round starts from; never written
   * @param kept arrays, as long as the first of {@code start}, that owners keep to themselves;
   *     copied
   */
  public Membership join(int member, float[][] start, float[][] kept) throws InterruptedException {
    Member here =
        transport == null
            ? new Member(SparkEnv.get().executorId(), "", 0)
            : new Member(SparkEnv.get().executorId(), transport.host(), transport.port());
    Membership joined =
        (Membership) Rendezvous.deserialized((byte[]) answer(desk.join(member, here)));
    synchronized (starting) {
      if (inbox == null) {
        start(joined, member, start, kept);
      }
      requireNoFailure();
    }
    return joined;
  }

  private void start(Membership joined, int member, float[][] start, float[][] kept)
      throws InterruptedException {
    membership = joined;
    nodeOf = joined.nodeOfMembers();
    node = nodeOf[member];
    int[] lengths = new int[start.length];
    for (int array = 0; array < lengths.length; array++) {
      lengths[array] = start[array].length;
    }
    chunks = new Chunks(lengths, joined.members().size());
    float[][] ownKept = new float[kept.length][];
    for (int array = 0; array < kept.length; array++) {
      ownKept[array] = kept[array].length == 0 ? new float[lengths[0]] : kept[array].clone();
    }
    boolean[] owns = new boolean[joined.members().size()];
    for (int each = 0; each < owns.length; each++) {
      owns[each] = nodeOf[each] == node;
    }
    boolean[] local = new boolean[joined.memberOf().length];
    for (int worker = 0; worker < local.length; worker++) {
      local[worker] = owns[joined.memberOf()[worker]];
    }
    List<Member> nodes = joined.nodes();
    links = new Link[nodes.size()];
    heard = new long[nodes.size()];
    synchronized (askers) {
      inbox = new Inbox(local, owns, chunks, start, ownKept);
      askers.forEach(Runnable::run);
      askers.clear();
    }
    for (int other = 0; other < links.length; other++) {
      if (other != node) {
        connect(other, nodes.get(other));
      }
    }
    if (links.length > 1) {
      beating =
          Executors.newSingleThreadScheduledExecutor(
              task -> {
                Thread thread = new Thread(task, "peers-beat");
                thread.setDaemon(true);
                return thread;
              });
      ScheduledFuture<?> unused =
          beating.scheduleAtFixedRate(this::beat, BEAT_MILLIS, BEAT_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void connect(int other, Member to) throws InterruptedException {
    Link link;
    try {
      link = transport.connect(to, attempt, timeoutMillis);
    } catch (IOException | RuntimeException e) {
      fail("no connection: " + e);
      String found =
          ExceptionUtils.getRootCause(e) instanceof TimeoutException
              ? "none in %,d ms".formatted(timeoutMillis)
              : '"' + e.getMessage() + '"';
      throw new LostPeerException(
          "Cannot reach executor %s at %s:%d from executor %s: found %s, expected an answer."
              .formatted(to.executor(), to.host(), to.port(), SparkEnv.get().executorId(), found),
          true);
    }
    links[other] = link;
    heard[other] = System.nanoTime();
    atTheEnd.add(link.whenClosed(() -> fail("the connection to " + link.name() + " is gone")));
  }

  private void beat() {
    transport.send(others(), frame(Frame.Kind.BEAT, 0, 0, 0), EMPTY);
  }

  private List<Link> others() {
    List<Link> others = new ArrayList<>();
    for (Link link : links) {
      if (link != null) {
        others.add(link);
      }
    }
    return others;
  }

  private Frame frame(Frame.Kind kind, int round, int index, int chunk) {
    return new Frame(attempt, kind, round, node, index, chunk);
  }

  /**
   * What a round starts from; read only, and only until the next one's mean is whole.
   *
   * @param round counted from 0
   */
  public float[][] start(int round) {
    return inbox.start(round);
  }

  /**
   * Contributes a worker's arrays to a round; they are not written any more until the round is
   * over.
   *
   * @param arrays of the lengths of the start; not looked at where the weight is 0
   */
  public void contribute(int round, int worker, Note note, float[][] arrays)
      throws InterruptedException {
    inbox.contribute(round, worker, note, arrays);
    if (links.length == 1) {
      return;
    }
    ByteBuffer told = ByteBuffer.allocate(Double.BYTES + note.content().length);
    told.putDouble(note.weight()).put(note.content());
    transport.send(others(), frame(Frame.Kind.NOTE, round, worker, 0), told.array());
    if (note.weight() == 0) {
      return;
    }
    for (Chunk chunk : chunks.all()) {
      int owner = nodeOf[chunk.owner()];
      if (owner != node) {
        send(
            List.of(links[owner]),
            frame(Frame.Kind.PART, round, worker, chunk.index()),
            arrays[chunk.array()],
            chunk);
      }
    }
  }

  private void send(List<Link> to, Frame frame, float[] values, Chunk chunk)
      throws InterruptedException {
    if (!to.isEmpty()) {
      transport.send(
          to, frame, values, chunk.from(), chunk.length(), chunks.longest(), this::requireGoingOn);
    }
  }

  /**
   * Where the time of a round went.
   *
   * @param folded when a member's own chunks were done, by {@link System#nanoTime}
   * @param whole when the mean was whole
   * @param folding nanoseconds of arithmetic
   */
  public record Times(long folded, long whole, long folding) {}

  /**
   * Folds a member's chunks as contributions come in, and waits until the mean is whole.
   *
   * @return where the time went
   */
  public Times reduce(int round, int member, OuterStep step) throws InterruptedException {
    Fold fold = new Fold(membership.memberOf().length, fanIn);
    float[][] mean = inbox.mean(round);
    List<Link> others = others();
    long folding = 0;
    for (Chunk chunk : chunks.of(member)) {
      await(() -> inbox.hasParts(round, chunk));
      long at = System.nanoTime();
      fold.mean(inbox.values(round, chunk), chunk.length(), mean[chunk.array()], chunk.from());
      step.apply(
          chunk.array(), chunk.from(), chunk.length(), inbox.start(round), mean, inbox.kept());
      folding += System.nanoTime() - at;
      send(others, frame(Frame.Kind.MEAN, round, 0, chunk.index()), mean[chunk.array()], chunk);
      inbox.meanIs(round, chunk.index());
    }
    long folded = System.nanoTime();
    await(() -> inbox.hasMean(round));
    return new Times(folded, System.nanoTime(), folding);
  }

  /** What all workers told of a round whose mean is whole, by worker. */
  public Note[] notes(int round) {
    return inbox.notes(round);
  }

  /**
   * Gathers what owners kept to themselves in the JVM of member 0, at the end.
   *
   * @return the arrays, whole where {@code member} is 0
   */
  public float[][] gather(int member) throws InterruptedException {
    float[][] kept = inbox.kept();
    int to = nodeOf[0];
    for (Chunk chunk : chunks.of(member)) {
      for (int array = 0; array < kept.length && chunk.array() == 0; array++) {
        if (to == node) {
          inbox.keptIs(chunk.index());
        } else {
          Frame frame = frame(Frame.Kind.KEPT, 0, array, chunk.index());
          send(List.of(links[to]), frame, kept[array], chunk);
        }
      }
    }
    if (member == 0) {
      await(inbox::hasKept);
    }
    return kept;
  }

  /** Tells the driver something; only member 0 does. */
  public Future<Object> report(Serializable content) {
    return desk.report(content);
  }

  /** Tells the driver why this member cannot go on. */
  public void failed(Serializable reason) throws InterruptedException {
    answer(desk.failed(reason));
  }

  /** Waits for the driver's answer. */
  public Object answer(Future<Object> future) throws InterruptedException {
    while (!future.isCompleted()) {
      try {
        Await.ready(future, millis(PATIENCE_MILLIS));
      } catch (TimeoutException e) {
        requireGoingOn();
      }
    }
    if (future.value().get().isFailure()) {
      throw new LostPeerException(
          "Cannot go on with a round: found no answer of the driver: "
              + future.value().get().failed().get(),
          false);
    }
    return future.value().get().get();
  }

  private static FiniteDuration millis(long millis) {
    return FiniteDuration.apply(millis, TimeUnit.MILLISECONDS);
  }

  private void await(BooleanSupplier done) throws InterruptedException {
    Inbox filling = inbox;
    synchronized (filling) {
      while (!done.getAsBoolean()) {
        requireGoingOn();
        filling.wait(PATIENCE_MILLIS);
      }
    }
  }

  /** Killing a task wakes nobody; and nobody is told of a peer that stands still. */
  private void requireGoingOn() {
    TaskContext.get().killTaskIfInterrupted();
    requireNoFailure();
    long now = System.nanoTime();
    for (int other = 0; links != null && other < links.length; other++) {
      if (links[other] != null && now - heard[other] > timeoutMillis * 1_000_000) {
        fail(links[other].name() + " was not heard of for %,d ms".formatted(timeoutMillis));
      }
    }
  }

  private void requireNoFailure() {
    if (failure != null) {
      throw new LostPeerException(
          "Cannot go on with a round: found that %s.".formatted(failure), false);
    }
  }

  private void fail(String reason) {
    if (failure != null || left) {
      return;
    }
    failure = reason;
    Inbox waiting = inbox;
    if (waiting != null) {
      synchronized (waiting) {
        waiting.notifyAll();
      }
    }
  }

  /** Ends this JVM's part. */
  void close() {
    left = true;
    if (transport != null) {
      transport.unregister(attempt);
    }
    synchronized (starting) {
      if (beating != null) {
        beating.shutdownNow();
      }
      atTheEnd.forEach(Runnable::run);
      atTheEnd.clear();
    }
  }

  /** What comes in for this attempt, on the network's threads. */
  private final class Incoming implements Receiver {
    @Override
    public void received(Frame frame, ByteBuffer content) {
      try {
        if (frame.sender() < 0 || frame.sender() >= heard.length || frame.sender() == node) {
          throw new IllegalArgumentException("sender " + frame.sender());
        }
        heard[frame.sender()] = System.nanoTime();
        switch (frame.kind()) {
          case BEAT -> {}
          case NOTE -> inbox.note(frame.round(), frame.index(), note(content));
          case PART -> inbox.part(frame.round(), frame.index(), frame.chunk(), content);
          case MEAN -> inbox.mean(frame.round(), frame.chunk(), content);
          case KEPT -> inbox.kept(frame.index(), frame.chunk(), content);
        }
      } catch (RuntimeException e) {
        broken(e);
      }
    }

    private static Note note(ByteBuffer content) {
      ByteBuffer told = content.slice();
      double weight = told.getDouble();
      byte[] rest = new byte[told.remaining()];
      told.get(rest);
      return new Note(weight, rest);
    }

    @Override
    public void broken(RuntimeException reason) {
      fail("a peer sent " + reason.getMessage());
    }

    @Override
    public void asked(Runnable answer) {
      synchronized (askers) {
        if (inbox == null) {
          askers.add(answer);
        } else {
          answer.run();
        }
      }
    }
  }
}
