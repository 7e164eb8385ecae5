package io.centroid.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.LocalSpark;
import io.centroid.collective.Membership.Member;
import io.centroid.collective.Transport.Link;
import io.centroid.collective.Transport.Receiver;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.spark.SparkEnv;
import org.apache.spark.network.TransportContext;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.client.TransportClientFactory;
import org.apache.spark.network.server.NoOpRpcHandler;
import org.apache.spark.network.util.TransportConf;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames between two ends, over real sockets. */
final class TransportIT {
  private static final long ATTEMPT = 7;
  private static final long LIMIT = 10_000;

  /** What came. */
  private static final class Taken implements Receiver {
    private final BlockingQueue<Object> taken = new LinkedBlockingQueue<>();

    @Override
    public void received(Frame frame, ByteBuffer content) {
      float[] values = new float[content.remaining() / Float.BYTES];
      content.slice().order(content.order()).asFloatBuffer().get(values);
      taken.add(frame);
      taken.add(values);
    }

    @Override
    public void broken(RuntimeException reason) {
      taken.add(reason.getMessage());
    }

    @Override
    public void asked(Runnable answer) {
      answer.run();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"false", "true"})
  void framesComeAsTheyWereSentAndThoseOfOthersAreDropped(String secured) throws Exception {
    try (SparkSession session = LocalSpark.open("local[1]", secured(secured));
        Transport here = Transport.open(SparkEnv.get());
        Transport there = Transport.open(SparkEnv.get())) {
      assertThat(session).isNotNull();
      Taken taken = new Taken();
      there.register(ATTEMPT, taken);
      Link link = here.connect(place(there), ATTEMPT, LIMIT);
      float[] values = {1, 2, 3, Float.NaN, -0f};
      Frame of = new Frame(ATTEMPT, Frame.Kind.PART, 3, 0, 1, 2);
      Frame stale = new Frame(ATTEMPT - 1, Frame.Kind.PART, 3, 0, 1, 2);
      for (int time = 0; time < 100; time++) { // more than may be on their way at once
        here.send(List.of(link), stale, values, 0, 5, 9, () -> {});
        here.send(List.of(link, link), of, values, 1, 3, 9, () -> {});
      }
      for (int time = 0; time < 200; time++) {
        assertThat(taken.taken.take()).isEqualTo(of);
        assertThat((float[]) taken.taken.take()).containsExactly(2, 3, Float.NaN);
      }
      assertThat(taken.taken).isEmpty();
    }
  }

  @Test
  void aFlippedBitIsNoticed() throws Exception {
    try (SparkSession session = LocalSpark.open("local[1]");
        Transport here = Transport.open(SparkEnv.get());
        Transport there = Transport.open(SparkEnv.get())) {
      assertThat(session).isNotNull();
      Taken taken = new Taken();
      there.register(ATTEMPT, taken);
      Link link = here.connect(place(there), ATTEMPT, LIMIT);
      for (int bit : new int[] {0, 8 * Frame.HEADER - 1, 8 * Frame.HEADER + 5}) {
        ByteBuffer frame = Frame.buffer(8);
        new Frame(ATTEMPT, Frame.Kind.MEAN, 0, 0, 0, 0).write(frame, new float[] {1, 2}, 0, 2);
        frame.put(bit / 8, (byte) (frame.get(bit / 8) ^ (1 << bit % 8)));
        link.client().send(frame);
        assertThat(taken.taken.take()).isEqualTo("a damaged frame: its checksum is wrong");
      }
    }
  }

  @Test
  void aConnectionThatIsGoneIsTold() throws Exception {
    try (SparkSession session = LocalSpark.open("local[1]");
        Transport here = Transport.open(SparkEnv.get())) {
      assertThat(session).isNotNull();
      CountDownLatch gone = new CountDownLatch(1);
      try (Transport there = Transport.open(SparkEnv.get())) {
        there.register(ATTEMPT, new Taken());
        here.connect(place(there), ATTEMPT, LIMIT).whenClosed(gone::countDown);
      }
      gone.await();
    }
  }

  @Test
  void whoIsNotThereOrTakesNoPartIsNotConnected() throws Exception {
    try (SparkSession session = LocalSpark.open("local[1]");
        Transport here = Transport.open(SparkEnv.get());
        Transport there = Transport.open(SparkEnv.get())) {
      assertThat(session).isNotNull();
      there.register(ATTEMPT + 1, new Taken());
      assertThatThrownBy(() -> here.connect(place(there), ATTEMPT, LIMIT))
          .hasMessageContaining("this attempt is not known here");
      int closed;
      try (ServerSocket socket = new ServerSocket(0)) {
        closed = socket.getLocalPort();
      }
      Member nobody = new Member("1", here.host(), closed);
      assertThatThrownBy(() -> here.connect(nobody, ATTEMPT, LIMIT))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Failed to connect to");
    }
  }

  @Test
  void withAuthenticationAPeerWithoutTheSecretIsRefused() throws Exception {
    try (SparkSession session = LocalSpark.open("local[1]", secured("true"));
        Transport there = Transport.open(SparkEnv.get())) {
      assertThat(session).isNotNull();
      Taken taken = new Taken();
      there.register(ATTEMPT, taken);
      TransportConf conf = TransportSettings.of(SparkEnv.get(), SparkEnv.get().conf());
      try (TransportContext context = new TransportContext(conf, new NoOpRpcHandler());
          TransportClientFactory clients = context.createClientFactory();
          TransportClient stranger = clients.createClient(there.host(), there.port())) {
        ByteBuffer frame = Frame.buffer(4);
        new Frame(ATTEMPT, Frame.Kind.MEAN, 0, 0, 0, 0).write(frame, new float[] {1}, 0, 1);
        stranger.send(frame); // is looked at before what is asked next
        ByteBuffer hello = ByteBuffer.allocate(Long.BYTES).putLong(0, ATTEMPT);
        assertThatThrownBy(() -> stranger.sendRpcSync(hello, LIMIT)).isNotNull();
      }
      assertThat(taken.taken).isEmpty();
    }
  }

  private static Map<String, String> secured(String secured) {
    return Map.of(
        "spark.authenticate", secured,
        "spark.authenticate.secret", "between us",
        "spark.network.crypto.enabled", secured);
  }

  private static Member place(Transport transport) {
    return new Member("0", transport.host(), transport.port());
  }
}
