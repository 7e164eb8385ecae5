package io.centroid.collective;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.spark.SecurityManager;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.network.TransportContext;
import org.apache.spark.network.buffer.NioManagedBuffer;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.client.TransportClientBootstrap;
import org.apache.spark.network.client.TransportClientFactory;
import org.apache.spark.network.crypto.AuthClientBootstrap;
import org.apache.spark.network.crypto.AuthServerBootstrap;
import org.apache.spark.network.protocol.OneWayMessage;
import org.apache.spark.network.server.OneForOneStreamManager;
import org.apache.spark.network.server.RpcHandler;
import org.apache.spark.network.server.StreamManager;
import org.apache.spark.network.server.TransportServer;
import org.apache.spark.network.server.TransportServerBootstrap;
import org.apache.spark.network.util.TransportConf;
import scala.Tuple2;
import scala.runtime.AbstractFunction1;

/**
 * Frames between the JVMs of one application, over Spark's own network layer, so that its
 * authentication, its encryption and its tuning ({@code spark.shuffle.io.*}) hold for them. All
 * that is internal to Spark here is in this class.
 *
 * <p>What is on its way is bounded: who sends more waits.
 */
final class Transport implements AutoCloseable {
  private static final Logger LOG = LogManager.getLogger();

  /** Frames that are on their way from this JVM at once. */
  private static final int IN_FLIGHT = 16;

  private static final long PATIENCE_MILLIS = 100;

  /** Where to listen, or on one of the {@code spark.port.maxRetries} next; 0 for any free port. */
  private static final String PORT = "spark.centroid.peers.port";

  private final String host;
  private final TransportContext context;
  private final TransportServer server;
  private final TransportClientFactory clients;
  private final Map<Long, Receiver> receivers = new ConcurrentHashMap<>();
  private final BlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(IN_FLIGHT);
  private final AtomicInteger made = new AtomicInteger();

  /** Takes the frames of one attempt, on the network's threads. */
  interface Receiver {
    /** A frame came; {@code content} is what it holds, to be read before this returns. */
    void received(Frame frame, ByteBuffer content);

    /** What came from somebody is no frame. */
    void broken(RuntimeException reason);

    /** Somebody asks whether frames can come; {@code answer} says so. */
    void asked(Runnable answer);
  }

  /** Is asked from time to time while somebody waits; throws when waiting is in vain. */
  interface Waiting {
    void check();
  }

  /** A connection to another JVM. */
  record Link(String name, TransportClient client) {

    /**
     * Does something when the connection is gone.
     *
     * @return what to run when that shall not be done any more: connections last longer than groups
     */
    Runnable whenClosed(Runnable action) {
      ChannelFutureListener told = closed -> action.run();
      ChannelFuture end = client.getChannel().closeFuture().addListener(told);
      return () -> {
        ChannelFuture unused = end.removeListener(told);
      };
    }
  }

  /**
   * Starts to listen.
   *
   * @param environment of this executor
   */
  static Transport open(SparkEnv environment) {
    return new Transport(environment);
  }

  private Transport(SparkEnv environment) {
    SparkConf conf = environment.conf().clone();
    // Spark would wait for two minutes where a network drops packets.
    conf.setIfMissing("spark.shuffle.io.connectionCreationTimeout", "10s");
    TransportConf transport = TransportSettings.of(environment, conf);
    SecurityManager security = environment.securityManager();
    boolean authenticates = security.isAuthenticationEnabled();
    List<TransportServerBootstrap> accepting =
        authenticates ? List.of(new AuthServerBootstrap(transport, security)) : List.of();
    List<TransportClientBootstrap> connecting =
        authenticates
            ? List.of(new AuthClientBootstrap(transport, conf.getAppId(), security))
            : List.of();
    this.host = environment.blockManager().blockManagerId().host();
    this.context = new TransportContext(transport, new Incoming());
    this.clients = context.createClientFactory(connecting);
    this.server =
        TransportSettings.listen(
            conf,
            conf.getInt(PORT, 0),
            new AbstractFunction1<>() {
              @Override
              public Tuple2<TransportServer, Object> apply(Object port) {
                TransportServer started = context.createServer(host, (Integer) port, accepting);
                return new Tuple2<>(started, started.getPort());
              }
            });
  }

  /** Where others reach this JVM. */
  String host() {
    return host;
  }

  /** Where others reach this JVM. */
  int port() {
    return server.getPort();
  }

  /** Frames of an attempt go to {@code receiver} from now on; those of others are dropped. */
  void register(long attempt, Receiver receiver) {
    receivers.put(attempt, receiver);
  }

  /** Frames of an attempt are dropped from now on. */
  void unregister(long attempt) {
    receivers.remove(attempt);
  }

  /**
   * Connects to another JVM, or takes the connection that there is, and asks whether it takes part.
   *
   * @param millis how long it may take to answer
   */
  Link connect(Membership.Member to, long attempt, long millis)
      throws IOException, InterruptedException {
    TransportClient client = clients.createClient(to.host(), to.port());
    client.sendRpcSync(ByteBuffer.allocate(Long.BYTES).putLong(0, attempt), millis);
    return new Link("executor " + to.executor() + " at " + to.host() + ":" + to.port(), client);
  }

  /**
   * Sends values to some JVMs, one or more.
   *
   * @param most values that there may be in a frame
   */
  void send(
      List<Link> to, Frame frame, float[] values, int from, int length, int most, Waiting waiting)
      throws InterruptedException {
    ByteBuffer buffer = buffer(most * Float.BYTES, waiting);
    frame.write(buffer, values, from, length);
    send(to, buffer);
  }

  /** Sends bytes to some JVMs. */
  void send(List<Link> to, Frame frame, byte[] bytes) {
    for (Link link : to) {
      ByteBuffer buffer = Frame.buffer(bytes.length);
      frame.write(buffer, bytes);
      link.client().send(buffer);
    }
  }

  private void send(List<Link> to, ByteBuffer buffer) {
    AtomicInteger left = new AtomicInteger(to.size());
    for (Link link : to) {
      Channel channel = link.client().getChannel();
      ChannelFuture sending =
          channel.writeAndFlush(new OneWayMessage(new NioManagedBuffer(buffer.duplicate())));
      ChannelFuture unused =
          sending.addListener(
              sent -> {
                if (left.decrementAndGet() == 0) {
                  free.add(buffer);
                }
                if (!sent.isSuccess()) {
                  ChannelFuture closing = channel.close();
                  LOG.debug("A frame was not sent: {}", closing, sent.cause());
                }
              });
    }
  }

  /** A buffer that is free, or may be made. */
  private ByteBuffer buffer(int bytes, Waiting waiting) throws InterruptedException {
    ByteBuffer buffer = free.poll();
    if (buffer == null && made.get() < IN_FLIGHT && made.incrementAndGet() <= IN_FLIGHT) {
      return Frame.buffer(bytes);
    }
    while (buffer == null) {
      waiting.check();
      buffer = free.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }
    return buffer.capacity() < Frame.HEADER + bytes ? Frame.buffer(bytes) : buffer;
  }

  /** Ends all connections. */
  @Override
  public void close() {
    clients.close();
    server.close();
    context.close();
  }

  /** What comes in, on the network's threads. */
  private final class Incoming extends RpcHandler {
    private final StreamManager streams = new OneForOneStreamManager();

    @Override
    public void receive(TransportClient from, ByteBuffer message) {
      Frame frame;
      try {
        frame = Frame.read(message);
      } catch (IllegalArgumentException e) {
        receivers.values().forEach(receiver -> receiver.broken(e));
        return;
      }
      Receiver receiver = receivers.get(frame.attempt());
      if (receiver != null) {
        receiver.received(frame, message);
      }
    }

    /** Whether this JVM takes part in an attempt. */
    @Override
    public void receive(TransportClient from, ByteBuffer message, RpcResponseCallback callback) {
      Receiver receiver =
          message.remaining() == Long.BYTES ? receivers.get(message.getLong()) : null;
      if (receiver == null) {
        callback.onFailure(new IOException("this attempt is not known here"));
      } else {
        receiver.asked(() -> callback.onSuccess(ByteBuffer.allocate(0)));
      }
    }

    @Override
    public StreamManager getStreamManager() {
      return streams;
    }
  }
}
